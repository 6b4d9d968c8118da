import { randomUUID } from 'node:crypto';
import { MemoryRevocationLedger, type SessionManager } from '@holdfast/session-core';
import { RedisServer } from '@holdfast/session-testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Reconciler } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { Member } from './spec/member.js';

const client = { ip: '203.0.113.7', userAgent: 'spec' };
const ledger = new MemoryRevocationLedger();
let server: RedisServer;
let member: Member;
let manager: SessionManager;
let reconciler: Reconciler;

beforeAll(async () => {
  server = await RedisServer.start();
  member = new Member({ url: server.url }, { durability: 'local', patienceMs: 5_000 });
  manager = member.manager(ledger);
  reconciler = member.reconcile(ledger);
  await member.becomes('fresh');
});
afterAll(async () => {
  await reconciler.close();
  await member.close();
  await server.dispose();
});

const signIn = async (userId: string = randomUUID()) => {
  const { session, refreshToken } = await manager.begin({ userId, roles: ['user'], client });
  return { userId, sessionId: session.record.sessionId, refreshToken };
};
const refresh = async (token: string) => {
  const refreshed = await manager.refresh(token);
  if (refreshed.outcome !== 'refreshed') throw new Error(`refused: ${refreshed.ended?.because}`);
  return refreshed.refreshToken;
};

it('G9: a restored backup revives nothing: not one that was ended since, nor one of all, nor with a newer token', async () => {
  const [kept, loggedOut, everywhere] = [await signIn(), await signIn(), await signIn()];
  const restore = await server.backUp();
  const since = await signIn(kept.userId);
  await manager.revoke(loggedOut.sessionId, 'logout');
  const newer = await refresh(everywhere.refreshToken);
  await manager.revokeAll(everywhere.userId, 'password-changed');
  const after = await signIn(everywhere.userId);
  await restore();
  const states = await eventually(async () => {
    const all = [kept, loggedOut, everywhere, since, after].map(({ sessionId }) =>
      manager.resolve(sessionId),
    );
    return Promise.all(all);
  });
  expect(states).toMatchObject([
    { state: 'live' },
    { state: 'ended', because: 'logout' },
    { state: 'ended', because: 'password-changed' },
    { state: 'absent' },
    { state: 'absent' },
  ]);
  expect(await manager.refresh(newer)).toMatchObject({
    outcome: 'refused',
    ended: { because: 'password-changed' },
  });
  expect(await manager.refresh(after.refreshToken)).toEqual({ outcome: 'refused' });
});

it('G6: refresh tokens that are newer than the restored data go on, and the spent ones are theft as ever', async () => {
  const { sessionId, refreshToken: first } = await signIn();
  const restore = await server.backUp();
  const second = await refresh(first);
  const third = await refresh(second);
  await restore();
  const fourth = await eventually(() => refresh(third));
  expect(await refresh(third)).toBe(fourth);
  const fifth = await refresh(fourth);
  expect(await manager.refresh(first)).toMatchObject({ outcome: 'refused', theft: true });
  expect(await manager.refresh(fifth)).toMatchObject({
    outcome: 'refused',
    ended: { because: 'token-reuse' },
  });
  expect(await manager.resolve(sessionId)).toMatchObject({ because: 'token-reuse' });
});

it('G9: a token that is newer than the restored data opens nothing of which the ledger knows the end', async () => {
  const { sessionId, refreshToken: first } = await signIn();
  const restore = await server.backUp();
  const second = await refresh(first);
  await restore();
  await eventually(() => manager.resolve(sessionId));
  // As at a crash between the two: the ledger has it, the store has not yet been told.
  await ledger.record({ kind: 'session', sessionId, because: 'revoked' });
  expect(await manager.refresh(second)).toEqual({ outcome: 'refused' });
});
