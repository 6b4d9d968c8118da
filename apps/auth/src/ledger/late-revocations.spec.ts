import { LedgerUnavailableError, type LedgerEntry, type Revocation } from '@holdfast/session-core';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LateRevocations } from './late-revocations.js';

const ended = (n: number): Revocation => ({ kind: 'session', sessionId: `session-${n}`, because: 'logout' });
const logged = { error: jest.fn(), warn: jest.fn(), log: jest.fn() };
let failure: Error | undefined;
let recorded: Revocation[];
let late: LateRevocations;

async function record(revocation: Revocation): Promise<LedgerEntry> {
  if (failure !== undefined) throw failure;
  recorded.push(revocation);
  return { ...revocation, sequence: 1, eventId: '', recordedAt: 0 } as LedgerEntry;
}

beforeEach(() => {
  for (const level of ['error', 'warn', 'log'] as const) {
    jest.spyOn(Logger.prototype, level).mockImplementation(logged[level].mockClear());
  }
  failure = new LedgerUnavailableError();
  recorded = [];
  late = new LateRevocations(record);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('LateRevocations', () => {
  it('tries again until the ledger is back, says so once, and keeps the order', async () => {
    const caughtUp = new Promise((resolve) => logged.log.mockImplementation(resolve));
    for (const n of [1, 2, 3]) late.add(ended(n));
    expect(logged.warn).toHaveBeenCalledTimes(1);
    failure = undefined;
    expect(await caughtUp).toMatchObject({ dropped: 0 });
    expect(recorded).toEqual([1, 2, 3].map(ended));
  });

  it('drops the oldest of too many, and says so once', async () => {
    for (let n = 0; n < 10_003; n += 1) late.add(ended(n));
    failure = undefined;
    await late.stop();
    expect(recorded).toHaveLength(10_000);
    expect(recorded[0]).toEqual(ended(3));
    expect(logged.error).toHaveBeenCalledTimes(1);
  });

  it('says what was left when the process ends', async () => {
    late.add(ended(1));
    await late.stop();
    expect(logged.error).toHaveBeenCalledWith(expect.stringMatching(/nobody recorded: 1$/));
  });

  it('drops what the ledger refuses for another reason', async () => {
    late.add(ended(1));
    failure = new Error('no such column');
    await late.stop();
    expect(logged.error).toHaveBeenCalledWith(expect.stringMatching(/refuses/), failure);
    failure = undefined;
    late.add(ended(2));
    await late.stop();
    expect(recorded).toEqual([ended(2)]);
  });
});
