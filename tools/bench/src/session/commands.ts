import { connect } from 'node:net';

/** Commands that a Redis was asked for. */
export interface CommandCount {
  /** That came over a connection. */
  readonly sent: number;
  /** With those that scripts carried out. */
  readonly executed: number;
}

/** Adds the lines of `MONITOR` up. */
export function countLines(lines: readonly string[]): CommandCount {
  const commands = lines.filter((line) => /^\+\d+\.\d+ \[/.test(line));
  const inScripts = commands.filter((line) => /^\+\S+ \[\d+ lua\]/.test(line)).length;
  return { sent: commands.length - inScripts, executed: commands.length };
}

/** Counts every command, whoever sends it, from now until it is told to stop. Slows the server: for low rates. */
export async function countCommands(url: string): Promise<() => CommandCount> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let [rest, total] = ['', { sent: 0, executed: 0 }];
  const started = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      const { sent, executed } = countLines(lines);
      total = { sent: total.sent + sent, executed: total.executed + executed };
      resolve();
    });
  });
  socket.write('MONITOR\r\n');
  await started;
  return () => {
    socket.destroy();
    return total;
  };
}
