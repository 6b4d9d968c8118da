import { connect } from 'node:net';

/** Where the first reply (RESP 2, ASCII) of this text ends; `undefined` while it is incomplete. */
export function endOfReply(text: string, from = 0): number | undefined {
  const lineEnd = text.indexOf('\r\n', from);
  if (lineEnd === -1) return undefined;
  const next = lineEnd + 2;
  const size = Number(text.slice(from + 1, lineEnd));
  if (text[from] === '$') {
    const end = size < 0 ? next : next + size + 2;
    return text.length >= end ? end : undefined;
  }
  if (text[from] !== '*') return next;
  let end: number | undefined = next;
  for (let left = size; left > 0 && end !== undefined; left -= 1) end = endOfReply(text, end);
  return end;
}

/** Where the first `count` replies of this text end. */
function endOfReplies(text: string, count: number): number | undefined {
  let end: number | undefined = 0;
  for (let left = count; left > 0 && end !== undefined; left -= 1) end = endOfReply(text, end);
  return end;
}

/**
 * Inline commands to a Redis or Sentinel of this machine, on one connection, answered as raw text; `undefined` if it does
 * not answer all of them in time.
 */
export function converse(
  port: number,
  commands: readonly string[],
  withinMs = 500,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (text: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => finish(undefined), withinMs);
    socket.setEncoding('latin1');
    socket.once('connect', () => socket.write(commands.map((command) => `${command}\r\n`).join('')));
    socket.on('data', (text: string) => {
      answer += text;
      if (endOfReplies(answer, commands.length) !== undefined) finish(answer);
    });
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
  });
}

/** One command, as `converse`. */
export function askRedis(port: number, command: string): Promise<string | undefined> {
  return converse(port, [command]);
}

/** `true` once a server listens there that has loaded its data. */
export async function answersPing(port: number): Promise<boolean> {
  return (await askRedis(port, 'PING'))?.startsWith('+PONG') === true;
}
