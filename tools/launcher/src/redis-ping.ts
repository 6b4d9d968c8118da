import { connect } from 'node:net';

/** One inline command to a Redis of this machine, answered as raw text; `undefined` if it does not answer in time. */
export function askRedis(port: number, command: string, withinMs = 500): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (text: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => finish(undefined), withinMs);
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(`${command}\r\nQUIT\r\n`));
    socket.on('data', (text: string) => (answer += text));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(answer));
  });
}

/** `true` once a server listens there that has loaded its data. */
export async function answersPing(port: number): Promise<boolean> {
  return (await askRedis(port, 'PING'))?.startsWith('+PONG') === true;
}
