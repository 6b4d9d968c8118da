import { describe, expect, it } from '@jest/globals';
import { dateTime } from '../format/time.js';
import { findPeople, isUserId } from './find-people.js';
import { claimFacts, generationWords, levelWords } from './inspection.js';
import { sumReceipts } from './receipts.js';

const ADA = {
  id: '7f0a4a52-6f0e-4a53-9d4c-0a3c8f9d2b11',
  email: 'ada@example.org',
  displayName: 'Ada Lovelace',
  roles: ['user'],
  createdAt: '2026-11-21T09:30:00.000Z',
  version: 1,
};
const BOB = {
  ...ADA,
  id: '11111111-6f0e-4a53-9d4c-0a3c8f9d2b11',
  email: 'bob@example.org',
  displayName: 'Bob',
};

describe('people', () => {
  it('are found by a part of name, e-mail or id, in any case', () => {
    for (const text of ['LOVE', 'ada@', '7f0a', ' ada ']) expect(findPeople([ADA, BOB], text)).toEqual([ADA]);
    expect(findPeople([ADA, BOB], '')).toEqual([ADA, BOB]);
    expect(findPeople([ADA, BOB], 'nobody')).toEqual([]);
  });

  it('are named by an id only when it is whole', () => {
    expect([
      isUserId(ADA.id),
      isUserId(` ${ADA.id.toUpperCase()} `),
      isUserId(ADA.id.slice(1)),
      isUserId(''),
    ]).toEqual([true, true, false, false]);
  });
});

describe('what is known of a session', () => {
  it('has the claims of its tokens, their times readable', () => {
    const claims = { sub: 'u1', acr: '1', roles: ['user', 'admin'], auth_time: 1_800_000_000 };
    expect(claimFacts(claims)).toEqual({
      sub: 'u1',
      acr: '1',
      roles: '["user","admin"]',
      auth_time: `1800000000 (${dateTime(1_800_000_000_000)})`,
    });
  });

  it('tells level and generation in words', () => {
    expect([0, 1, 2, 7].map(levelWords)).toEqual([
      '0 (guest)',
      '1 (password)',
      '2 (second factor, or stepped up)',
      '7 (unknown)',
    ]);
    expect(generationWords({ transport: 'cookie' })).toBe('none: it has a cookie');
    expect(generationWords({ transport: 'bearer', generation: 1 })).toBe('the first one');
    expect(generationWords({ transport: 'bearer', generation: 4 })).toBe('generation 4, 3 swaps so far');
  });
});

describe('several receipts', () => {
  const good = { revoked: 1, acknowledgedBy: 8, instances: 8, tookMs: 6, boundMs: 0, durable: true };

  it('are one: ends are added up, the rest is as good as the worst', () => {
    const late = { ...good, acknowledgedBy: 7, tookMs: 1_000, boundMs: 60_000, durable: false };
    expect(sumReceipts([good, late, good])).toEqual({
      revoked: 3,
      acknowledgedBy: 7,
      instances: 8,
      tookMs: 1_000,
      boundMs: 60_000,
      durable: false,
    });
  });

  it('are nothing where there is none', () => {
    expect(sumReceipts([])).toEqual({
      revoked: 0,
      acknowledgedBy: 0,
      instances: 0,
      tookMs: 0,
      boundMs: 0,
      durable: true,
    });
  });
});
