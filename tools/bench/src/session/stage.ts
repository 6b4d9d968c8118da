import { startRedis, type TestServer } from '@holdfast/launcher';
import { infoNumber } from '../store/measure.js';
import type { Contender } from './contenders.js';
import { markReconciledAt } from './holdfast-sessions.js';
import { connectPatiently } from './look.js';
import { Population, signIn, type SignedIn } from './population.js';
import { keepOnCore, type Cores } from './processor.js';
import { startServer, type Server } from './server.js';

/** A contender's server with a Redis of its own, and users who are signed in. */
export interface Stage {
  readonly contender: Contender;
  readonly redis: TestServer;
  readonly server: Server;
  readonly signedIn: SignedIn;
  readonly population: Population;
}

/** Sessions that are begun one by one: as many of ours that requests with tokens never seen before find one each. */
const REAL = { none: 0, holdfast: 10_000, own: 2_000 } as const;

/** How many of a contender's sessions are real: the others are copies. */
export function realSessions({ sessions }: Contender): number {
  return REAL[sessions];
}

/** Starts a Redis, a server and sessions for a contender. */
export async function setStage(contender: Contender, cores: Cores | undefined): Promise<Stage> {
  const redis = await startRedis();
  const look = connectPatiently(redis.url);
  await keepOnCore(cores?.ofLoad, await infoNumber(look, 'server', 'process_id'));
  await look.quit();
  await markReconciledAt(redis.url);
  const server = await startServer(contender, redis.url, cores?.ofServer);
  const population = await Population.of(redis.url);
  const at = { redisUrl: redis.url, port: server.port };
  const signedIn = await signIn(contender, at, realSessions(contender));
  return { contender, redis, server, signedIn, population };
}

/** Ends what a stage has started. */
export async function strike({ population, server, redis }: Stage): Promise<void> {
  await population.close();
  await server.stop();
  await redis.stop();
}
