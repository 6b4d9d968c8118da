import { setImmediate as turn } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LiveSession, SessionLookup } from '@holdfast/session-core';
import type { VerifiedClaims } from '@holdfast/session-nest';
import { SessionToucher, type Touched } from './session-toucher.js';

const MINUTE_MS = 60_000;
const START = 1_800_000_000_000;
const request = {} as IncomingMessage;

let now: number;
let verified: string[];
let touched: string[];
let told: Touched[];
let lastSeenAt: number;
let idleTimeoutMs: number;
let storeIsAway: boolean;
let toucher: SessionToucher;

beforeEach(() => {
  now = START;
  verified = [];
  touched = [];
  told = [];
  lastSeenAt = START - 10 * MINUTE_MS;
  idleTimeoutMs = 30 * MINUTE_MS;
  storeIsAway = false;
  const verify = async (token: string): Promise<VerifiedClaims | undefined> => {
    verified.push(token);
    if (!token.startsWith('good')) return undefined;
    return { kind: 'session', sessionId: 's-1' } as VerifiedClaims;
  };
  const resolve = async (): Promise<SessionLookup> => {
    if (storeIsAway) throw new Error('away');
    return session();
  };
  const touch = async (sessionId: string): Promise<boolean> => {
    touched.push(sessionId);
    lastSeenAt = now;
    return true;
  };
  toucher = new SessionToucher(
    { verify },
    { resolve, touch },
    (one) => told.push(one),
    () => now,
  );
});

function session(sessionId = 's-1'): LiveSession {
  return { state: 'live', lastSeenAt, record: { sessionId, idleTimeoutMs } } as LiveSession;
}

async function noteSession(found: LiveSession): Promise<void> {
  toucher.noteSession(found, request);
  for (let step = 0; step < 3; step++) await turn();
}

async function note(authorization: string | undefined): Promise<void> {
  toucher.note(authorization, request);
  for (let step = 0; step < 3; step++) await turn();
}

describe('SessionToucher', () => {
  it('touches the session of a genuine token at most once a minute', async () => {
    for (let second = 0; second < 120; second++) {
      await note('Bearer good');
      now += 1_000;
    }
    expect(touched).toEqual(['s-1', 's-1']);
    expect(verified).toHaveLength(2);
  });

  it('does not touch what another worker or another token touched', async () => {
    lastSeenAt = START - 20_000;
    await note('Bearer good');
    expect(touched).toEqual([]);
    now += 39_000;
    await note('Bearer good');
    expect(touched).toEqual([]);
    now += 2_000;
    await note('Bearer good');
    expect(touched).toEqual(['s-1']);
  });

  it('touches more often where a minute is too coarse', async () => {
    idleTimeoutMs = 4_000;
    await note('Bearer good');
    now += 1_001;
    await note('bearer  good');
    await note('Bearer good');
    expect(touched).toHaveLength(2);
  });

  it('ignores what is no bearer token and what is not genuine', async () => {
    await note(undefined);
    await note('Basic good');
    await note('Bearer ');
    await note('Bearer forged');
    expect(touched).toEqual([]);
    expect(verified).toEqual(['forged']);
  });

  it('tries again soon after the store was away, and never throws', async () => {
    storeIsAway = true;
    await note('Bearer good');
    storeIsAway = false;
    now += 1_001;
    await note('Bearer good');
    expect(touched).toEqual(['s-1']);
  });

  it('touches the session of a cookie as seldom, without a token and without another read', async () => {
    for (let second = 0; second < 120; second++) {
      await noteSession(session());
      now += 1_000;
    }
    expect(touched).toEqual(['s-1', 's-1']);
    expect(verified).toEqual([]);
  });

  it('touches the session of a cookie not at all while it was seen a moment ago, wherever', async () => {
    lastSeenAt = now - 59_000;
    await noteSession(session());
    expect(touched).toEqual([]);
    now += 1_000;
    const another = session('s-2');
    await noteSession(session());
    await noteSession(another);
    expect(touched).toEqual(['s-1', 's-2']);
  });

  it('tells of each touch how many requests it has seen since the last one, and in which time', async () => {
    for (let second = 0; second < 121; second++) {
      await note('Bearer good');
      now += 1_000;
    }
    expect(told.map(({ requests, withinMs }) => [requests, withinMs])).toEqual([
      [1, 0],
      [60, MINUTE_MS],
      [60, MINUTE_MS],
    ]);
    expect(told[0]).toMatchObject({ sessionId: 's-1', request });
  });

  it('looks at no more than 100 at a time', async () => {
    const slow = new SessionToucher(
      { verify: async () => undefined },
      {
        resolve: async () => session(),
        touch: (sessionId) => new Promise(() => touched.push(sessionId)),
      },
      undefined,
      () => now,
    );
    for (let count = 0; count < 150; count++) slow.noteSession(session(`s-${count}`), request);
    await turn();
    expect(touched).toHaveLength(100);
  });
});
