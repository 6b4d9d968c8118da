import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Finding, Seen } from './detector.js';
import { Detectors } from './detectors.js';
import { Recent } from './recent.js';
import type { Thresholds } from './thresholds.js';

const START = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const thresholds: Thresholds = {
  failureWindowMs: 10 * MINUTE_MS,
  accountFailures: 10,
  addressFailures: 20,
  addressAccounts: 5,
  spreadAccounts: 50,
  spreadAddresses: 25,
  sessionsPerHour: 20,
  guestsPerMinute: 30,
  refreshesPerMinute: 20,
  requestsPerMinute: 1_200,
};
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const NEWER_FIREFOX = FIREFOX.replaceAll('140', '141');

let detectors: Detectors;
beforeEach(() => {
  detectors = new Detectors(thresholds);
});

/** An event some time after the start. */
function event(atMs: number, members: Partial<Seen>): Seen {
  const nothing = {
    userId: null,
    sessionId: null,
    endedBecause: null,
    ip: '192.0.2.1',
    userAgent: 'spec',
    detail: null,
  };
  return { ...nothing, type: 'sign-in', outcome: 'success', occurredAt: new Date(START + atMs), ...members };
}
const failure = (atMs: number, account: string, ip: string) =>
  event(atMs, { outcome: 'failure', ip, detail: { account } });
const replay = (events: readonly Seen[]): Finding[] => events.flatMap((each) => detectors.see(each));
const names = (findings: readonly Finding[]) => findings.map(({ detector }) => detector);
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

describe('refresh reuse', () => {
  const ended = (endedBecause: Seen['endedBecause']) =>
    event(0, { type: 'session-ended', endedBecause, sessionId: 's-1', userId: 'ada' });

  it('is found at once, with its session and user', () => {
    expect(replay([ended('token-reuse')])).toMatchObject([
      { detector: 'refresh-reuse', severity: 'high', sessionId: 's-1', userId: 'ada' },
    ]);
  });

  it('is no other end', () => {
    expect(replay([ended('logout'), ended('revoked'), ended('replaced')])).toEqual([]);
  });
});

describe('credential stuffing', () => {
  it('of one account is found at the tenth failure, from wherever, and again only at the twentieth', () => {
    const attempts = times(20, (at) => failure(at * 1_000, 'ada', `192.0.${at}.1`));
    expect(names(replay(attempts.slice(0, 9)))).toEqual([]);
    expect(replay(attempts.slice(9, 10))).toMatchObject([
      { detector: 'stuffing-account', evidence: { failures: 10, addresses: 10 } },
    ]);
    expect(names(replay(attempts.slice(10)))).toEqual(['stuffing-account']);
  });

  it('is none where failures are further apart than the window', () => {
    expect(replay(times(100, (at) => failure(at * 2 * MINUTE_MS, 'ada', '192.0.2.1')))).toEqual([]);
  });

  it('is no success, and no other event', () => {
    expect(replay(times(100, (at) => event(at, { detail: { account: 'ada' } })))).toEqual([]);
  });

  it('from one address is found by failures and accounts, not by one account that somebody forgot', () => {
    const list = times(20, (at) => failure(at * 1_000, `user-${at % 5}`, '2001:db8::1'));
    expect(replay(list)).toMatchObject([
      { detector: 'stuffing-address', severity: 'high', evidence: { failures: 20, accounts: 5 } },
    ]);
    const forgetful = times(100, (at) => failure(at * 1_000, 'eve', '192.0.2.9'));
    expect(names(replay(forgetful))).not.toContain('stuffing-address');
  });

  it('takes the addresses of one IPv6 network for one', () => {
    const list = times(20, (at) => failure(at * 1_000, `user-${at % 5}`, `2001:db8::${at + 1}`));
    expect(names(replay(list))).toEqual(['stuffing-address']);
  });

  it('over many accounts from many addresses is found, though each fails once', () => {
    const list = times(50, (at) => failure(at * 1_000, `user-${at}`, `198.51.100.${at % 25}`));
    expect(names(replay(list.slice(0, 49)))).toEqual([]);
    expect(replay(list.slice(49))).toMatchObject([
      { detector: 'stuffing-spread', evidence: { failures: 50, accounts: 50, addresses: 25 } },
    ]);
  });
});

describe('a session that moves', () => {
  const seen = (atMs: number, ip: string, userAgent: string) =>
    event(atMs, { type: 'session-touched', sessionId: 's-1', userId: 'ada', ip, userAgent });

  it('is found when network and client change together', () => {
    const events = [seen(0, '192.0.2.1', FIREFOX), seen(1, '203.0.113.9', 'curl/8.0')];
    expect(replay(events)).toMatchObject([
      {
        detector: 'session-moved',
        severity: 'medium',
        sessionId: 's-1',
        userId: 'ada',
        evidence: { from: '192.0.2.0/24', to: '203.0.113.0/24' },
      },
    ]);
  });

  it.each([
    ['the network alone', seen(1, '203.0.113.9', FIREFOX)],
    ['the client alone', seen(1, '192.0.2.1', 'curl/8.0')],
    ['the address within its network and the client', seen(1, '192.0.2.200', 'curl/8.0')],
    ['the network, and the client’s version', seen(1, '203.0.113.9', NEWER_FIREFOX)],
  ])('is none when it changes %s', (_what, after) => {
    expect(replay([seen(0, '192.0.2.1', FIREFOX), after])).toEqual([]);
  });

  it('is found once for each move', () => {
    const [home, away] = [seen(0, '2001:db8:1::1', FIREFOX), seen(1, '2001:db8:2::1', 'curl/8.0')];
    expect(names(replay([home, away, away, away]))).toEqual(['session-moved']);
  });
});

describe('too much of something', () => {
  it('is twenty sessions of a user within an hour, and nineteen are not', () => {
    const begun = times(20, (at) => event(at * MINUTE_MS, { type: 'session-begun', userId: 'ada' }));
    expect(replay(begun.slice(0, 19))).toEqual([]);
    expect(names(replay(begun.slice(19)))).toEqual(['too-many-sessions']);
  });

  it('is thirty guests of an address within a minute, and not as many of many addresses', () => {
    const guest = (at: number, ip: string) =>
      event(at * 1_000, { type: 'session-begun', userId: `guest-${at}`, ip, detail: { guest: true } });
    expect(names(replay(times(30, (at) => guest(at, '192.0.2.1'))))).toEqual(['guest-burst']);
    expect(replay(times(30, (at) => guest(at, `192.0.${at}.1`)))).toEqual([]);
  });

  it('is a session that refreshes twenty times within a minute', () => {
    const refreshed = (at: number, everyMs: number) =>
      event(at * everyMs, { type: 'session-refreshed', sessionId: `s-${everyMs}`, userId: 'ada' });
    expect(names(replay(times(20, (at) => refreshed(at, 1_000))))).toEqual(['impossible-rate']);
    expect(replay(times(60, (at) => refreshed(at, 4_000)))).toEqual([]);
  });

  it('is a session that asks more than a person can, on all workers together', () => {
    const touched = (atMs: number, requests: number, withinMs: number) =>
      event(atMs, {
        type: 'session-touched',
        sessionId: 's-1',
        userId: 'ada',
        detail: { requests, withinMs },
      });
    expect(replay([touched(0, 700, MINUTE_MS), touched(1, 600, MINUTE_MS)])).toMatchObject([
      { detector: 'impossible-rate', evidence: { requests: 1_300 } },
    ]);
    // The same number, over ten minutes.
    expect(replay([touched(2, 1_300, 10 * MINUTE_MS)])).toEqual([]);
  });
});

describe('the detectors', () => {
  it('find the same in the same events', () => {
    const events = times(300, (at) => failure(at * 500, `user-${at % 60}`, `192.0.2.${at % 40}`));
    const found = replay(events);
    detectors = new Detectors(thresholds);
    expect(replay(events)).toEqual(found);
    expect(found.length).toBeGreaterThan(0);
  });
});

describe('what is remembered', () => {
  it('is bounded by subjects and by entries: the quietest and the oldest give way', () => {
    const recent = new Recent<number>({ windowMs: 1_000, subjects: 2, entries: 3 });
    for (let at = 0; at < 5; at += 1) recent.add('busy', at, at);
    expect(recent.add('busy', 5, 5).map(({ value }) => value)).toEqual([3, 4, 5]);
    recent.add('quiet', 6, 6);
    recent.add('busy', 7, 7);
    recent.add('new', 8, 8);
    expect(recent.size).toBe(2);
    expect(recent.add('busy', 9, 9)).toHaveLength(3);
    expect(recent.add('quiet', 10, 10)).toHaveLength(1);
  });
});
