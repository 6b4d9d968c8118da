import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const OURS = '127.0.0.1';
const EVERY_MS = 20;

/**
 * A way to a port of ours on which nobody hears that a client hangs up: its end of the connection stays open. What a
 * client says goes on every 20 ms, all at once, so that the answers to it come all at once as well.
 */
export async function openDeafDoor(port: number): Promise<{ readonly port: number; close(): void }> {
  const door = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(port, OURS);
    const said: Buffer[] = [];
    const timer = setInterval(() => far.write(Buffer.concat(said.splice(0))), EVERY_MS);
    near.on('data', (data) => said.push(data));
    near.on('close', () => clearInterval(timer));
    far.pipe(near);
    breakTogether(near, far);
  });
  door.listen(0, OURS);
  await once(door, 'listening');
  return { port: (door.address() as AddressInfo).port, close: () => door.close() };
}

function breakTogether(...[near, far]: [Socket, Socket]): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => undefined); // `close` follows
    one.on('close', () => other.destroy());
  }
}
