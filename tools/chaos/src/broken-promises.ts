import type { Trial } from './trial.js';

/** What a trial is judged by. */
export type Judged = Pick<
  Trial,
  'fault' | 'failures' | 'notSpared' | 'verdicts' | 'lostSince' | 'recoveryMs'
>;

/** Each promise that did not hold, in words; empty where all did. */
export function brokenPromises(trial: Judged): readonly string[] {
  const { fault, failures, notSpared, verdicts, lostSince, recoveryMs } = trial;
  const { lost, undone, theft, surplus, refused, unanswered } = verdicts;
  const broken: (readonly [count: number, what: string])[] = [
    [fault.mayLose === true ? lostSince : lost, 'acknowledged sessions or cart adds are gone'],
    [undone, 'acknowledged logouts are undone'],
    [theft, 'well-behaved clients were taken for thieves'],
    [surplus, 'carts hold more than was added'],
    [refused, 'good sessions were answered 401'],
    [unanswered, 'sessions are not answered for afterwards'],
    ...Object.entries(notSpared).map(
      ([kind, count]) => [count, `requests failed of the kind ${kind}`] as const,
    ),
    ...failures
      .filter(([reason]) => fault.forbids?.test(reason) === true)
      .map(([reason, count]) => [count, `requests were answered ${reason}`] as const),
  ];
  return [
    ...broken.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...(recoveryMs === undefined ? ['requests failed up to the end: it did not recover'] : []),
  ];
}
