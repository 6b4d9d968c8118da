import type { AuditEvent } from '@holdfast/service-defaults';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AuditTrail } from './audit-trail.js';

let taken: AuditEvent[][];
let isAway: boolean;
let lost: number;
let trail: AuditTrail;

beforeEach(() => {
  Logger.overrideLogger(false);
  taken = [];
  isAway = false;
  lost = 0;
  const put = async (events: readonly AuditEvent[]): Promise<void> => {
    if (isAway) throw new Error('away');
    taken.push([...events]);
  };
  trail = new AuditTrail(put, (count) => (lost += count));
});

const tell = (userId: string) => trail.record({ type: 'sign-in', userId });
const told = () => taken.flat().map(({ type, userId, detail }) => userId ?? [type, detail]);

describe('AuditTrail', () => {
  it('answers once the event is written down, and writes what comes at once together', async () => {
    await Promise.all(['ada', 'bob', 'eve'].map(tell));
    expect(taken.map((batch) => batch.map(({ userId }) => userId))).toEqual([['ada', 'bob', 'eve']]);
  });

  it('gives each event an id, a time and an outcome', async () => {
    await tell('ada');
    const [event] = taken.flat();
    expect(event).toMatchObject({ outcome: 'success', occurredAt: expect.any(Number) });
    expect(event?.eventId).toMatch(/^[\da-f-]{36}$/);
  });

  it('fails nobody while it cannot write, keeps what was told, and writes it down later in its order', async () => {
    isAway = true;
    await Promise.all(['ada', 'bob'].map(tell));
    await tell('eve');
    expect(taken).toEqual([]);
    isAway = false;
    await trail.stop();
    expect(told()).toEqual(['ada', 'bob', 'eve']);
  });

  it('G18: keeps 10,000 events at most, counts those that give way, and tells the trail how many', async () => {
    isAway = true;
    const waits = Array.from({ length: 10_003 }, (_, at) => tell(`user-${at}`));
    expect(lost).toBe(3);
    isAway = false;
    await Promise.all(waits);
    await trail.stop();
    const [report, first, ...others] = told();
    expect(report).toEqual(['events-lost', { count: 3, where: 'process' }]);
    expect([first, others.at(-1)]).toEqual(['user-3', 'user-10002']);
    expect(others).toHaveLength(9_999);
  });
});
