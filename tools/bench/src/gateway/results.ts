import { ratioOf, spreadOf, type Spread } from '../session/statistics.js';
import type { ProxyId, ProxyPlan } from './proxies.js';
import type { Scoreboard } from './scoreboard.js';
import type { Round } from './throughput.js';
import type { TrialResult } from './trial.js';

/** A row of the throughput: who, and how its clients were signed in. */
export interface MeasuredLane {
  readonly id: string;
  readonly name: string;
  readonly proxy: ProxyId;
  readonly rounds: readonly Round[];
}

/** What a run has measured. */
export interface GatewayResults {
  readonly proxies: readonly Pick<ProxyPlan, 'id' | 'name' | 'setUp'>[];
  readonly lanes: readonly MeasuredLane[];
  readonly scoreboard: Scoreboard;
  /** About the machine and the run, in sentences. */
  readonly notes: readonly string[];
}

/** One figure of all rounds of a lane. */
export function figureOf({ rounds }: MeasuredLane, of: keyof Round): Spread {
  return spreadOf(rounds.map((round) => round[of]));
}

/** A figure of one lane as a multiple of another's, in the same rounds; `undefined` where one was not measured. */
export function timesOf(
  { lanes }: GatewayResults,
  of: keyof Round,
  [id, base]: readonly [id: string, base: string],
): Spread | undefined {
  const [one, other] = [id, base].map((wanted) => lanes.find((lane) => lane.id === wanted));
  if (!one || !other) return undefined;
  const values = (lane: MeasuredLane) => lane.rounds.map((round) => round[of]);
  return ratioOf(values(one), values(other));
}

/** What counts as equal: clocks and a busy machine move times by as much. */
const EQUAL = { factor: 1.5, ms: 50 };

/**
 * What somebody did better under a fault than ours, in words; empty where ours is the best or equals it. Fewer failures
 * count first; of those that failed as few, a gap or a p99 that is shorter by more than half and by more than 50 ms.
 */
export function betterThanOurs(row: ReadonlyMap<ProxyId, TrialResult>): readonly string[] {
  const ours = row.get('ours');
  if (ours === undefined) return ['ours was not measured'];
  const fewest = Math.min(...[...row.values()].map(({ failed }) => failed));
  if (ours.failed > fewest) return [`${ours.failed} failed, ${fewest} at the best`];
  const rivals = [...row].filter(([id, { failed }]) => id !== 'ours' && failed === fewest);
  return rivals.flatMap(([id, rival]) => [
    ...worse('longest gap', ours.longestGapMs, rival.longestGapMs, id),
    ...worse('p99', ours.p99Ms, rival.p99Ms, id),
  ]);
}

function worse(what: string, ours: number, rival: number, id: ProxyId): readonly string[] {
  if (ours <= Math.max(rival * EQUAL.factor, rival + EQUAL.ms)) return [];
  return [`${what} ${Math.round(ours)} ms, ${id} ${Math.round(rival)} ms`];
}
