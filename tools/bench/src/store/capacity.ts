/** What a number of sessions needs. */
export interface Capacity {
  readonly sessions: number;
  /** Of one copy, without headroom, in bytes. */
  readonly memoryBytes: number;
  /** Writes a second that the sessions cause by being used. */
  readonly writesPerSecond: number;
  /** Redis groups (a primary and its replicas) that memory and writes ask for. */
  readonly groups: number;
}

/** What a capacity is reckoned with. */
export interface CapacityAssumptions {
  readonly bytesPerSession: number;
  /** Bytes of data that a session has on average. */
  readonly dataBytesPerSession: number;
  /** Of all sessions, how many are used within a minute. */
  readonly activeShare: number;
  /** How often an active session is refreshed, in milliseconds: the access token's life. */
  readonly refreshEveryMs: number;
  /** How often an active session is touched, in milliseconds. */
  readonly touchEveryMs: number;
  /** Memory of one group that is filled, in bytes. */
  readonly groupBytes: number;
  /** Writes a second that one group is asked for. */
  readonly groupWritesPerSecond: number;
}

/** What so many sessions need. Two copies more are the replicas'. */
export function capacityFor(sessions: number, assumptions: CapacityAssumptions): Capacity {
  const { bytesPerSession, dataBytesPerSession, activeShare, refreshEveryMs, touchEveryMs } = assumptions;
  const memoryBytes = sessions * (bytesPerSession + dataBytesPerSession);
  const perSessionAndSecond = 1_000 / refreshEveryMs + 1_000 / touchEveryMs;
  const writesPerSecond = sessions * activeShare * perSessionAndSecond;
  const groups = Math.ceil(
    Math.max(memoryBytes / assumptions.groupBytes, writesPerSecond / assumptions.groupWritesPerSecond, 1),
  );
  return { sessions, memoryBytes, writesPerSecond, groups };
}
