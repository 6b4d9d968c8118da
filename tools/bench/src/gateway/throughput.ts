import { familyMicros } from './processor-time.js';
import type { RunningProxy } from './proxies.js';
import type { LoadFigures, LoadMaker } from './wrk.js';

/** A row of the table: a proxy, and how its clients are signed in. */
export interface Lane {
  /** What the goals call it. */
  readonly id: string;
  readonly name: string;
  readonly proxy: RunningProxy;
  /** Header lines. */
  readonly credentials: readonly string[];
}

/** What one round of one lane came to. */
export interface Round {
  readonly perSecond: number;
  /** Processor time of all processes of the proxy for a request. */
  readonly micros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The part of one core that the proxy was busy. */
  readonly busy: number;
}

/** The route that is measured. */
export const PATH = '/cart';

/** How much is measured. */
export interface ThroughputOptions {
  readonly rounds: number;
  readonly roundSeconds: number;
  /** So many requests each proxy has answered before it is measured: what it runs is compiled by then. */
  readonly warmUpRequests: number;
}

/** A second each. */
const WARM_UPS_AT_MOST = 15;

/** Rounds of all lanes, one after the other and again from the first: what slows the machine slows all. */
export async function measureThroughput(
  lanes: readonly Lane[],
  load: LoadMaker,
  options: ThroughputOptions,
): Promise<ReadonlyMap<string, readonly Round[]>> {
  for (const lane of lanes) await warmUp(lane, load, options.warmUpRequests);
  const found = new Map<string, Round[]>(lanes.map(({ id }) => [id, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const lane of lanes) found.get(lane.id)?.push(await measureRound(lane, load, options.roundSeconds));
  }
  return found;
}

async function warmUp(lane: Lane, load: LoadMaker, requests: number): Promise<void> {
  let answered = 0;
  for (let time = 0; answered < requests && time < WARM_UPS_AT_MOST; time += 1) {
    answered += (await put(lane, load, 1)).requests;
  }
}

async function measureRound(lane: Lane, load: LoadMaker, seconds: number): Promise<Round> {
  const { pid } = lane.proxy;
  const before = await familyMicros(pid);
  const figures = await put(lane, load, seconds);
  // What fails is quick: figures with failures in them compare nothing.
  if (figures.failed > 0) {
    throw new Error(`${lane.name} failed ${figures.failed} of ${figures.requests} requests without a fault.`);
  }
  return roundOf(figures, (await familyMicros(pid)) - before);
}

function put({ proxy, credentials }: Lane, load: LoadMaker, seconds: number): Promise<LoadFigures> {
  return load.put({ url: `http://127.0.0.1:${proxy.port}${PATH}`, credentials, seconds });
}

function roundOf({ requests, seconds, p50Ms, p99Ms }: LoadFigures, micros: number): Round {
  return {
    perSecond: requests / seconds,
    micros: micros / requests,
    busy: micros / (seconds * 1_000_000),
    p50Ms,
    p99Ms,
  };
}
