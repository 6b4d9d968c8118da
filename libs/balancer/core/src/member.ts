/** `ready`: wants requests. `draining`: still answers, but is about to leave. */
export type MemberState = 'ready' | 'draining';

/** One running instance of a service, as the registry lists it. */
export interface Member {
  /** Stable over restarts, e.g. `order-2`. */
  readonly id: string;
  /** Name of the service, e.g. `order`. */
  readonly service: string;
  /** Origin without a path, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly state: MemberState;
  readonly pid: number;
  /** Epoch milliseconds; with `id` it names one run of the instance. */
  readonly startedAt: number;
  /** Its share under the policy `weighted`, in relation to the others: an integer from 1. Default 1. */
  readonly weight?: number;
}

/** A member's weight; 1 if it has none, or none that is a positive number: a listing must not break choosing. */
export function weightOf({ weight }: Member): number {
  return weight !== undefined && weight > 0 ? weight : 1;
}

/** Whether two listings mean the same run of the same instance: a restarted one has no history. */
export function isSameRun(a: Member, b: Member): boolean {
  return a.id === b.id && a.startedAt === b.startedAt && a.pid === b.pid && a.url === b.url;
}

/**
 * The members to use after the registry listed `listed`.
 *
 * A listing may be wrong by omission: a registry that was away has let leases run out that nobody could renew.
 * So a service is never left without members (its last known ones stay until others come), and while
 * `keepMissing` says that the registry has just come back, nobody is dropped at all.
 */
export function mergeMembers(
  known: readonly Member[],
  listed: readonly Member[],
  keepMissing: boolean,
): readonly Member[] {
  const listedIds = new Set(listed.map((member) => member.id));
  const listedServices = new Set(listed.map((member) => member.service));
  const kept = known.filter(
    (member) => !listedIds.has(member.id) && (keepMissing || !listedServices.has(member.service)),
  );
  return [...listed, ...kept];
}
