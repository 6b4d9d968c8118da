import { beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from './errors.js';
import { NearCache } from './near-cache.js';
import { NearSessions, type Confirmed, type StoreState } from './near-sessions.js';
import type { RoutePolicy } from './route-policy.js';
import type { EndedSession, LiveSession, SessionLookup } from './session.js';
import { liveSession } from './spec/live-session.js';

const LOGOUT: EndedSession = { state: 'ended', because: 'logout', endedAt: 1 };
const ABSENT: SessionLookup = { state: 'absent' };
const ID = 'session';
const LIVE = liveSession();

let now: number;
let state: StoreState;
let cache: NearCache;
let near: NearSessions;
/** Reads that have begun, to be answered by hand. */
let reads: PromiseWithAnswer[];
let stale: (readonly [RoutePolicy, number])[];

interface PromiseWithAnswer {
  readonly answer: (found: SessionLookup) => void;
  readonly fail: (error: Error) => void;
}

beforeEach(() => {
  [now, state, reads, stale] = [0, 'fresh', [], []];
  cache = new NearCache();
  cache.confirm(0);
  near = new NearSessions({ cache, ...deps() });
});

function deps() {
  return {
    store: {
      now: () => now,
      read: () => new Promise<SessionLookup>((answer, fail) => void reads.push({ answer, fail })),
    },
    ids: { parse: (id: string) => (id === ID ? { userTag: 'u', name: 'a' } : undefined) },
    state: () => state,
    now: () => now,
    onStale: (policy: RoutePolicy, ageMs: number) => void stale.push([policy, ageMs]),
  };
}

/** Has the session near, as it is at 0. */
function keep(session: LiveSession = LIVE): void {
  cache.fill(cache.ticket('a', 0), session);
}

/** Asks, and has the store answer; answers what it said. */
async function asked(policy: RoutePolicy, answer: SessionLookup | Error): Promise<Confirmed> {
  const confirming = near.confirm(ID, policy);
  const [read] = reads.splice(0, 1);
  if (answer instanceof Error) read?.fail(answer);
  else read?.answer(answer);
  return confirming;
}

const away = new StoreUnavailableError();
/** What comes of a request while the store is away, by its policy. */
type Outcome = 'serves' | 'refuses' | 'asks';

describe('sessions that are near', () => {
  it('are served at once, with how long ago they were confirmed, and nobody is asked', () => {
    keep();
    now = 400;
    expect(near.confirm(ID, 'critical')).toMatchObject({ found: { state: 'live' }, ageMs: 400 });
    expect([reads.length, stale.length]).toEqual([0, 0]);
  });

  it('were asked for once, however many want to know', async () => {
    const all = [1, 2, 3].map(async () => near.confirm(ID, 'read'));
    expect(reads).toHaveLength(1);
    reads[0]?.answer(LIVE);
    for (const each of await Promise.all(all)) expect(each).toEqual({ found: LIVE, ageMs: 0 });
    expect(near.confirm(ID, 'read')).not.toBeInstanceOf(Promise);
  });

  it('are asked for again after a read that failed', async () => {
    await expect(asked('read', away)).rejects.toBe(away);
    expect(await asked('read', LIVE)).toMatchObject({ found: LIVE });
  });

  it('are asked for anew by who comes after something was heard of them, and are not kept', async () => {
    const before = near.confirm(ID, 'read');
    cache.drop('a');
    const after = near.confirm(ID, 'read');
    expect(reads).toHaveLength(2);
    reads[0]?.answer(LIVE);
    await before;
    expect(cache.size).toBe(0);
    const amended = liveSession({ version: 2 });
    reads[1]?.answer(amended);
    expect(await after).toMatchObject({ found: amended });
    expect(near.confirm(ID, 'read')).toMatchObject({ found: { record: { version: 2 } } });
  });

  it.each(['fresh', 'direct'] as const)(
    'are over for who has asked before that was heard, while %s',
    async (standing) => {
      state = standing;
      const confirming = near.confirm(ID, 'read');
      cache.end('a', LOGOUT);
      reads[0]?.answer(LIVE);
      expect(await confirming).toEqual({ found: LOGOUT, ageMs: 0 });
    },
  );

  it('are known as ended without asking, also while the store is away', () => {
    keep();
    cache.end('a', LOGOUT);
    for (state of ['fresh', 'direct', 'suspect', 'dark'] as const)
      expect(near.confirm(ID, 'read')).toEqual({ found: LOGOUT, ageMs: 0 });
  });

  it('are known as ended once the store has said so; what it does not know is asked for each time', async () => {
    await asked('read', ABSENT);
    await asked('read', LOGOUT);
    expect(near.confirm(ID, 'read')).toEqual({ found: LOGOUT, ageMs: 0 });
  });

  it('end at their deadline without anybody saying so', () => {
    keep(liveSession({ idleTimeoutMs: 600_000, expiresAt: 500 }));
    now = 499;
    expect(near.confirm(ID, 'read')).toMatchObject({ found: { state: 'live' } });
    now = 500;
    expect(near.confirm(ID, 'read')).toMatchObject({ found: { because: 'expired', endedAt: 500 } });
  });

  it('are asked for where they seem to be idle: they may have been touched elsewhere', async () => {
    keep(liveSession({ idleTimeoutMs: 80 }));
    now = 100;
    expect(await asked('read', { ...LIVE, lastSeenAt: 90 })).toMatchObject({ found: { lastSeenAt: 90 } });
  });

  it('are not served as idle or live by guess while the store is away', async () => {
    keep(liveSession({ idleTimeoutMs: 80 }));
    [now, state] = [100, 'dark'];
    await expect(asked('read', away)).rejects.toBe(away);
  });

  it('are nothing where the id was not minted here, and nobody is asked', () => {
    expect(near.confirm('forged', 'read')).toEqual({ found: ABSENT, ageMs: 0 });
    expect(reads).toHaveLength(0);
  });

  it('rule 10: are read through and not kept while the journal is not heard', async () => {
    keep();
    [now, state] = [1_500, 'direct'];
    const all = [1, 2].map(async () => near.confirm(ID, 'read'));
    expect(reads).toHaveLength(2); // one that began earlier may bring what is over
    for (const read of reads) read.answer(liveSession({ version: 2 }));
    await Promise.all(all);
    expect(cache.look(ID, now)).toMatchObject({ session: { record: { version: 1 } } });
  });

  it('are not kept where the journal is lost while they are read', async () => {
    const confirming = near.confirm(ID, 'read');
    state = 'direct';
    reads[0]?.answer(LIVE);
    await confirming;
    expect(cache.size).toBe(0);
  });

  it('let every other failure through', async () => {
    keep();
    [now, state] = [1_500, 'direct'];
    await expect(asked('read', new Error('unreadable'))).rejects.toThrow('unreadable');
  });
});

describe.each(['suspect', 'dark'] as const)('while the store is %s', (standing) => {
  it.each<[RoutePolicy, number, Outcome]>([
    ['critical', 999, 'serves'],
    ['critical', 1_000, 'serves'],
    ['critical', 1_001, 'refuses'],
    ['write', 10_000, 'serves'],
    ['write', 10_001, 'refuses'],
    ['read', 30_001, 'serves'],
    ['read', 60_000, 'serves'],
    ['read', 60_001, 'refuses'],
  ])('a route that is %s and a session confirmed %d ms ago: it %s', async (policy, ageMs, outcome) => {
    keep(liveSession({ idleTimeoutMs: 600_000, expiresAt: 600_000 }));
    [now, state] = [ageMs, standing];
    if (outcome === 'serves') {
      expect(await near.confirm(ID, policy)).toMatchObject({ found: { state: 'live' }, ageMs });
      expect(reads).toHaveLength(0);
      if (ageMs >= 1_000) expect(stale).toEqual([[policy, ageMs]]);
    } else await expect(asked(policy, away)).rejects.toBe(away);
  });

  it('says of a session that has passed its deadline that it is over', async () => {
    keep(liveSession({ idleTimeoutMs: 600_000, expiresAt: 5_000 }));
    [now, state] = [5_000, standing];
    expect(await near.confirm(ID, 'write')).toMatchObject({ found: { because: 'expired' }, ageMs: 0 });
  });
});

it.each<[StoreState]>([['fresh'], ['direct']])(
  'serves what was confirmed a while ago where the store is %s and gets lost while it is asked',
  async (standing) => {
    keep(liveSession({ idleTimeoutMs: 600_000, expiresAt: 600_000 }));
    [now, state] = [5_000, standing];
    expect(await asked('write', away)).toMatchObject({ found: { state: 'live' }, ageMs: 5_000 });
    await expect(asked('critical', away)).rejects.toBe(away);
    expect(stale).toEqual([['write', 5_000]]);
  },
);
