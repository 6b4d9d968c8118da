import type { Finding } from './stage.js';

const useColour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const colour = (code: number, text: string) => (useColour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Prints one line. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Prints an act's finding under its title. */
export function sayFinding({ promise, seen, held }: Finding): void {
  say(`   ${held ? colour(32, '✔') : colour(31, '✘')} ${promise} — ${seen}`);
}

/** Prints the closing table. */
export function sayTable(rows: readonly (readonly [string, Finding])[]): void {
  const width = Math.max(...rows.map(([title]) => title.length));
  say(`\n${'act'.padEnd(width)}  held`);
  say(`${'─'.repeat(width)}  ────`);
  for (const [title, { held }] of rows)
    say(`${title.padEnd(width)}  ${held ? colour(32, 'yes') : colour(31, 'NO')}`);
}
