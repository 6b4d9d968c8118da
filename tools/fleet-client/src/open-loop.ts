/** One failed request of a load. */
export interface Failure {
  readonly atMs: number;
  readonly reason: string;
}

/** What an open-loop load saw. */
export interface LoadReport {
  readonly sent: number;
  readonly failures: readonly Failure[];
  /** Latencies of the requests that succeeded, in milliseconds, ascending. */
  readonly latenciesMs: readonly number[];
  /** The longest time between two successes, in milliseconds. */
  readonly longestGapMs: number;
}

/** A load under way. */
export interface Load {
  /** Stops sending, waits for what is in flight, and reports. */
  stop(): Promise<LoadReport>;
}

/** The latency that `fraction` (0 to 1) of the requests stayed under; 0 where none succeeded. */
export function percentile(report: LoadReport, fraction: number): number {
  const index = Math.min(report.latenciesMs.length - 1, Math.floor(report.latenciesMs.length * fraction));
  return report.latenciesMs[index] ?? 0;
}

/**
 * Sends requests at a fixed rate whether or not earlier ones were answered, so that a stall counts in
 * full ("coordinated omission", G. Tene). `send` answers `undefined` for a success, or what went wrong.
 */
export function openLoop(ratePerSecond: number, send: (index: number) => Promise<string | undefined>): Load {
  const startedAt = performance.now();
  const failures: Failure[] = [];
  const latencies: number[] = [];
  const inFlight = new Set<Promise<void>>();
  let sent = 0;
  let lastSuccessAt = startedAt;
  let longestGapMs = 0;

  async function one(index: number): Promise<void> {
    const dueAt = startedAt + (index * 1000) / ratePerSecond;
    const reason = await send(index).catch((error: unknown) => describe(error));
    const now = performance.now();
    if (reason !== undefined) {
      failures.push({ atMs: Math.round(now - startedAt), reason });
      return;
    }
    latencies.push(now - dueAt);
    longestGapMs = Math.max(longestGapMs, now - lastSuccessAt);
    lastSuccessAt = now;
  }

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) * ratePerSecond) / 1000);
    for (; sent < due; sent += 1) {
      const request = one(sent).finally(() => inFlight.delete(request));
      inFlight.add(request);
    }
  }, 5);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      longestGapMs = Math.max(longestGapMs, performance.now() - lastSuccessAt);
      return { sent, failures, latenciesMs: latencies.sort((a, b) => a - b), longestGapMs };
    },
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
