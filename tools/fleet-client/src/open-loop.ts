import { types } from 'node:util';

/** One failed request of a load. */
export interface Failure {
  readonly atMs: number;
  readonly reason: string;
}

/** When a request was due and when it was answered or given up, on the clock of `performance.now()`. */
export interface TimedAnswer {
  readonly dueAtMs: number;
  readonly answeredAtMs: number;
  /** What went wrong; absent for a success. */
  readonly reason?: string;
}

/** What an open-loop load saw. */
export interface LoadReport {
  readonly sent: number;
  /** Every request, in the order of the answers. */
  readonly answers: readonly TimedAnswer[];
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
export function percentile(report: Pick<LoadReport, 'latenciesMs'>, fraction: number): number {
  const index = Math.min(report.latenciesMs.length - 1, Math.floor(report.latenciesMs.length * fraction));
  return report.latenciesMs[index] ?? 0;
}

/**
 * Sends requests at a fixed rate whether or not earlier ones were answered, so that a stall counts in
 * full ("coordinated omission", G. Tene). `send` answers `undefined` for a success, or what went wrong.
 */
export function openLoop(ratePerSecond: number, send: (index: number) => Promise<string | undefined>): Load {
  const startedAt = performance.now();
  const answers: TimedAnswer[] = [];
  const inFlight = new Set<Promise<void>>();
  let sent = 0;
  let lastSuccessAt = startedAt;
  let longestGapMs = 0;

  async function one(index: number): Promise<void> {
    const dueAt = startedAt + (index * 1000) / ratePerSecond;
    const reason = await send(index).catch((error: unknown) => describe(error));
    const now = performance.now();
    answers.push({ dueAtMs: dueAt, answeredAtMs: now, ...(reason === undefined ? {} : { reason }) });
    if (reason !== undefined) return;
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
      return { sent, answers, ...told(answers, startedAt), longestGapMs };
    },
  };
}

function told(
  answers: readonly TimedAnswer[],
  startedAt: number,
): Pick<LoadReport, 'failures' | 'latenciesMs'> {
  const failures = answers.flatMap(({ answeredAtMs, reason }) =>
    reason === undefined ? [] : [{ atMs: Math.round(answeredAtMs - startedAt), reason }],
  );
  const successes = answers.filter(({ reason }) => reason === undefined);
  const latenciesMs = successes.map(({ dueAtMs, answeredAtMs }) => answeredAtMs - dueAtMs);
  return { failures, latenciesMs: latenciesMs.sort((a, b) => a - b) };
}

function describe(error: unknown): string {
  // Not `instanceof`: in a test what `fetch` throws is of another realm.
  if (!types.isNativeError(error)) return String(error);
  const cause = types.isNativeError(error.cause) ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
