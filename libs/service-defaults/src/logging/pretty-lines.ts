import { styleText } from 'node:util';
import type pino from 'pino';

const COLOURS = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'gray',
  trace: 'gray',
} as const;

/** What stands elsewhere in the line, or is known to who looks at a terminal. */
const ELSEWHERE = new Set(['time', 'level', 'service', 'instance', 'pid', 'msg']);

/** Log lines for people: written to a terminal, one line each, with the members after the message. */
export function prettyLines(write: (text: string) => void): pino.DestinationStream {
  return { write: (line) => write(`${prettyLine(line)}\n`) };
}

/** A JSON line of the log as a person reads it; as it is if it is none. */
export function prettyLine(line: string): string {
  let members: Record<string, unknown>;
  try {
    members = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line.trimEnd();
  }
  const { time, level, instance, msg } = members;
  const colour = COLOURS[String(level) as keyof typeof COLOURS] ?? 'white';
  const rest = Object.entries(members).filter(([name]) => !ELSEWHERE.has(name));
  return [
    String(time).slice(11, 23),
    styleText(colour, String(level).padEnd(5)),
    String(instance),
    String(msg ?? ''),
    ...rest.map(([name, value]) => styleText('gray', `${name}=${shown(value)}`)),
  ].join(' ');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
