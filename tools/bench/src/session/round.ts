import { infoNumber } from '../store/measure.js';
import type { LoadChild } from './load-child.js';
import type { LoadOrder } from './load.js';
import { connectPatiently } from './look.js';
import type { Stage } from './stage.js';

/** What one round of one contender came to. */
export interface Round {
  readonly perSecond: number;
  /** Microseconds of the server's processor time for each request. */
  readonly serverMicros: number;
  /** Commands that Redis carried out for each request, those inside scripts too. */
  readonly executed: number;
}

/** How many sessions are in use at a time. */
export const ACTIVE = 1_000;
/** At most for so long, in milliseconds, a server meets sessions again before a round. */
const MEET_MS = 5_000;
/** Credentials for a round in which each is used once: more than it lasts for, or nearly. */
const NEVER_SEEN = 4_000;

/** Measures one round: sessions in use, or others with credentials that the server has not seen. */
export async function measureRound(
  { server, redis, contender, signedIn }: Stage,
  load: LoadChild,
  durationMs: number,
  which: 'in use' | 'never seen' = 'in use',
): Promise<Round> {
  const order: LoadOrder = {
    port: server.port,
    path: contender.path,
    credentials: which === 'in use' ? signedIn.credentials.slice(0, ACTIVE) : signedIn.renewed(NEVER_SEEN),
    order: which === 'in use' ? 'random' : 'once',
    durationMs,
  };
  // As it is under a load that does not pause: what servers keep for a while they have met lately.
  if (which === 'in use') await load.carryOut({ ...order, order: 'once', durationMs: MEET_MS });
  const look = connectPatiently(redis.url);
  const commands = () => infoNumber(look, 'stats', 'total_commands_processed');
  const [cpuBefore, commandsBefore] = [await server.cpuMicros(), await commands()];
  const { requests, perSecond } = await load.carryOut(order);
  const [cpu, executed] = [await server.cpuMicros(), await commands()];
  await look.quit();
  return {
    perSecond,
    serverMicros: (cpu - cpuBefore) / requests,
    // Asking how many there were was one.
    executed: (executed - commandsBefore - 1) / requests,
  };
}

/** Lets a server meet each session in use, and compile what it runs. */
export async function warmUp(
  { server, contender, signedIn }: Stage,
  load: LoadChild,
  durationMs: number,
): Promise<void> {
  const credentials = signedIn.credentials.slice(0, ACTIVE);
  const order = { port: server.port, path: contender.path, credentials, durationMs };
  await load.carryOut({ ...order, order: 'once', durationMs: 30_000 });
  await load.carryOut({ ...order, order: 'random' });
}
