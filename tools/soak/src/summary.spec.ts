import { expect, it } from '@jest/globals';
import type { Operation } from './checker/operation.js';
import { describe as tell, summaryOf } from './summary.js';

const base = { startMs: 10, endMs: 15, at: 'gateway', user: 'u1', session: 's1' } as const;
const read: Operation = {
  ...base,
  id: 1,
  kind: 'read',
  outcome: 'ok',
  servedBy: 'auth-2',
  saw: { count: 1 },
};
const refused: Operation = { ...base, id: 2, kind: 'read', outcome: 'refused', code: 'ERR_SESSION_ENDED' };

it('counts operations by outcome and code, and faults', () => {
  const fault = { fault: 'links cut', startMs: 1, endMs: 2, losesUnacknowledged: false, struck: 4 };
  const text = summaryOf({ operations: [read, read, refused], faults: [fault, fault] });
  expect(text).toMatch(/^read +2 +1 +0 +0 +ERR_SESSION_ENDED 1$/m);
  expect(text).toMatch(/^links cut +2 +8$/m);
});

it('tells a violation with its evidence, in milliseconds since that began', () => {
  const told = tell({
    rule: 'signed-out',
    says: 's1: gone',
    evidence: [read, { ...refused, startMs: 30, endMs: 31 }],
  });
  expect(told).toBe(
    [
      '✘ signed-out: s1: gone',
      '    0–5 ms  read  in s1 of u1  at gateway (auth-2)  ok  saw {"count":1}',
      '    20–21 ms  read  in s1 of u1  at gateway  refused ERR_SESSION_ENDED',
    ].join('\n'),
  );
});
