import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiClient,
  processesOf,
  readRunFile,
  type FleetProcess,
  type ProcessRole,
  type RunFile,
} from '@holdfast/fleet-client';

/** The services, each with a route that needs a session. */
export const SIGNED_IN_ROUTES = [
  { service: 'auth', path: '/auth/session' },
  { service: 'user', path: '/users/me' },
  { service: 'order', path: '/cart' },
] as const;

/** The fleet under test, as its run file describes it at this moment. */
export async function fleet(): Promise<RunFile> {
  const home = process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast';
  const run = await readRunFile(home);
  if (run === undefined) throw new Error(`no fleet runs in ${home}`);
  return run;
}

/** A client of the gateway. */
export async function gateway(): Promise<ApiClient> {
  return new ApiClient((await fleet()).gateway.url);
}

/** The processes of a role at this moment. */
export async function processes(role: ProcessRole): Promise<readonly FleetProcess[]> {
  return processesOf(await fleet(), role);
}

/** A client of one process's own port. */
export function direct({ port }: FleetProcess): ApiClient {
  return new ApiClient(`http://127.0.0.1:${port}`);
}

/** Sends bytes as they are to the gateway and returns all that comes back until it closes. */
export async function sendBytes(bytes: string): Promise<string> {
  const { hostname, port } = new URL((await fleet()).gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
    socket.on('close', () => resolve(received)).on('error', reject);
    socket.setTimeout(5_000, () => socket.destroy());
  });
}

/** Asks again every 50 ms until `ask` answers something else than `undefined`; throws after `withinMs`. */
export async function eventually<T>(ask: () => Promise<T | undefined>, withinMs = 60_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`it did not happen within ${withinMs} ms: ${ask.toString()}`);
    await sleep(50);
  }
}

/**
 * Waits for as long as a receipt says that what it has ended may go on: not at all where every process that verifies has
 * heard of it. On a busy machine one may be late, and the receipt promises its bound alone.
 */
export async function over({ body }: { readonly body: Record<string, unknown> }): Promise<void> {
  const boundMs = Number(body['boundMs']);
  if (Number.isNaN(boundMs)) throw new Error(`that is no receipt: ${JSON.stringify(body)}`);
  await sleep(boundMs);
}

/** Waits until a process that was killed is no more: on a busy machine it may take connections a moment longer. */
export function gone({ pid }: FleetProcess): Promise<true> {
  return eventually(() => {
    try {
      process.kill(pid, 0);
      return Promise.resolve(undefined);
    } catch {
      return Promise.resolve(true);
    }
  });
}

/** Waits until a process that was killed stands in the run file again, with another pid. */
export function backUnderItsId(killed: FleetProcess): Promise<FleetProcess> {
  return eventually(async () => {
    const { processes: all } = await fleet();
    return all.find(({ id, pid }) => id === killed.id && pid !== killed.pid);
  });
}

/** Waits until every instance of every service answers `/readyz`, through its own port. */
export async function everybodyReady(): Promise<void> {
  for (const role of ['auth', 'user', 'order'] as const) {
    for (const { id } of await processes(role)) {
      await eventually(async () => {
        const now = (await processes(role)).find((process) => process.id === id);
        if (now === undefined) return undefined;
        const answer = await direct(now)
          .call('GET', '/readyz')
          .catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      });
    }
  }
}
