import type { Revocation } from '@holdfast/session-core';
import { expect, it } from '@jest/globals';
import { randomSession, type LedgerHarness } from './ledger-harness.js';
import { randomUser } from './store-harness.js';

/** What is recorded, and in which order it is read. */
export function describeRecording(harness: LedgerHarness): void {
  it('answers each revocation with its place, an id of its own and the time', async () => {
    const [userId, keepSessionId] = [randomUser(), randomSession()];
    const revocations: readonly Revocation[] = [
      { kind: 'session', sessionId: randomSession(), because: 'logout' },
      { kind: 'session', sessionId: randomSession(), because: 'replaced', keepData: true },
      { kind: 'user', userId, because: 'password-changed', keepSessionId },
      { kind: 'user', userId, because: 'account-disabled' },
      { kind: 'roles', userId },
    ];
    const from = await harness.ledger.lastSequence();
    const recorded = [];
    for (const revocation of revocations) recorded.push(await harness.ledger.record(revocation));
    recorded.forEach((entry, at) => {
      expect(entry).toMatchObject({ ...revocations[at], sequence: from + at + 1 });
      expect(Math.abs(entry.recordedAt - Date.now())).toBeLessThan(60_000);
    });
    expect(new Set(recorded.map(({ eventId }) => eventId)).size).toBe(revocations.length);
    expect(await harness.above(from)).toEqual(recorded);
  });

  it('has the end of a session once: the first reason stays', async () => {
    const first = await harness.end();
    const { sessionId = '' } = first as { sessionId?: string };
    expect(await harness.ledger.record({ kind: 'session', sessionId, because: 'token-reuse' })).toEqual(
      first,
    );
    expect(await harness.ledger.lastSequence()).toBe(first.sequence);
  });

  it('has the end of a session once when many record it at the same time', async () => {
    const [from, sessionId] = [await harness.ledger.lastSequence(), randomSession()];
    const entries = await Promise.all(Array.from({ length: 20 }, () => harness.end(sessionId)));
    expect(new Set(entries.map(({ eventId }) => eventId)).size).toBe(1);
    expect(await harness.above(from)).toEqual([entries[0]]);
  });

  it('knows its last sequence, and nothing above it', async () => {
    const { sequence } = await harness.end();
    expect(await harness.ledger.lastSequence()).toBe(sequence);
    expect(await harness.ledger.entriesAbove(sequence, 100)).toEqual([]);
  });

  it('reads in the order of sequences, so many at most, and misses nothing between pages', async () => {
    const from = await harness.ledger.lastSequence();
    const recorded = await Promise.all(Array.from({ length: 25 }, () => harness.end()));
    const sequences = recorded.map(({ sequence }) => sequence).sort((one, other) => one - other);
    expect(new Set(sequences).size).toBe(25);
    expect(await harness.ledger.entriesAbove(from, 10)).toHaveLength(10);
    const pages = await harness.above(from, 10);
    expect(pages.map(({ sequence }) => sequence)).toEqual(sequences);
  });

  it('records later what it is given for later', async () => {
    const [from, sessionId] = [await harness.ledger.lastSequence(), randomSession()];
    harness.ledger.recordLater({ kind: 'session', sessionId, because: 'logout' });
    while ((await harness.ledger.lastSequence()) === from) await new Promise(setImmediate);
    expect(await harness.above(from)).toMatchObject([{ kind: 'session', sessionId, because: 'logout' }]);
  });

  it('knows which sessions are over', async () => {
    const [sessionId, userId] = [randomSession(), randomUser()];
    const session = { sessionId, userId, epoch: 0 };
    expect(await harness.ledger.hasEnded(session)).toBe(false);
    await harness.end(sessionId);
    expect(await harness.ledger.hasEnded(session)).toBe(true);
    expect(await harness.ledger.hasEnded({ ...session, sessionId: randomSession() })).toBe(false);
  });

  it('knows that all of a user are over but the one to keep and those that began since', async () => {
    const [userId, sessionId, keepSessionId] = [randomUser(), randomSession(), randomSession()];
    const epoch = await harness.endAll(userId, { keepSessionId });
    const isOver = (change: object) => harness.ledger.hasEnded({ sessionId, userId, epoch: 0, ...change });
    expect(await isOver({})).toBe(true);
    expect(await isOver({ epoch: epoch - 1 })).toBe(true);
    expect(await isOver({ epoch })).toBe(false);
    expect(await isOver({ sessionId: keepSessionId })).toBe(false);
    expect(await isOver({ userId: randomUser() })).toBe(false);
  });

  it('ends nobody by a change of roles', async () => {
    const userId = randomUser();
    await harness.ledger.record({ kind: 'roles', userId });
    expect(await harness.ledger.hasEnded({ sessionId: randomSession(), userId, epoch: 0 })).toBe(false);
  });
}
