import { setTimeout as sleep } from 'node:timers/promises';
import { openLoop, percentile, type LoadReport } from '@holdfast/fleet-client';

/** What the clients of a trial send. `order`: a keyed POST. `both`: in turn. */
export type Requests = 'read' | 'order' | 'both';

/** Somebody who is asked under load. */
export interface Asked {
  readonly port: number;
  /** A header line that signs in. */
  readonly credential: string;
}

/** A trial's load. */
export interface TrialPlan {
  readonly requests: Requests;
  /** Under load before the fault, and after it is over. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly perSecond: number;
}

/** What the clients of one proxy saw while a fault struck. */
export interface TrialResult {
  readonly sent: number;
  readonly failed: number;
  /** How often each thing went wrong, in words. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly longestGapMs: number;
  /** From when requests were due, of those that succeeded. */
  readonly p99Ms: number;
}

/** Requests a second, sent at that rate whatever is answered. */
export const PER_SECOND = 250;
const GIVES_UP_AFTER_MS = 10_000;

/** Puts an open-loop load on a proxy, has the fault strike, and tells what clients saw. */
export async function runTrial(
  asked: Asked,
  { requests, beforeMs, afterMs, perSecond }: TrialPlan,
  strike: () => Promise<void>,
): Promise<TrialResult> {
  const load = openLoop(perSecond, (index) => send(asked, kindOf(requests, index), index));
  await sleep(beforeMs);
  await strike().catch(async (error: unknown) => {
    // What goes on for ever would keep the program from ending.
    await load.stop();
    throw error;
  });
  await sleep(afterMs);
  return resultOf(await load.stop());
}

function kindOf(requests: Requests, index: number): 'read' | 'order' {
  if (requests !== 'both') return requests;
  return index % 2 === 0 ? 'read' : 'order';
}

async function send(
  { port, credential }: Asked,
  kind: 'read' | 'order',
  index: number,
): Promise<string | undefined> {
  const [name = '', value = ''] = credential.split(/: (.*)/);
  const signal = AbortSignal.timeout(GIVES_UP_AFTER_MS);
  const isRead = kind === 'read';
  const keyed = { 'content-type': 'application/json', 'idempotency-key': `bench-${process.pid}-${index}` };
  const response = await fetch(`http://127.0.0.1:${port}${isRead ? '/cart' : '/orders'}`, {
    method: isRead ? 'GET' : 'POST',
    headers: { [name]: value, ...(isRead ? {} : keyed) },
    ...(isRead ? {} : { body: '{"cartVersion":1}' }),
    signal,
  });
  await response.arrayBuffer();
  return response.status === (isRead ? 200 : 201) ? undefined : `HTTP ${response.status}`;
}

function resultOf(report: LoadReport): TrialResult {
  const reasons: Record<string, number> = {};
  for (const { reason } of report.failures) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    sent: report.sent,
    failed: report.failures.length,
    reasons,
    longestGapMs: report.longestGapMs,
    p99Ms: percentile(report, 0.99),
  };
}
