import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { users } from '../db/schema.js';
import { AuthProcess } from '../testing/auth-process.js';
import { admin, AuthServiceUnderTest, serviceClients, type Tokens } from '../testing/auth-service.js';
import { managerOf } from '../testing/session-manager-of.js';
import { rawTrail, trailKept } from '../testing/kept-trail.js';
import type { AuditRow } from './chain.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const newPassword = 'a longer horse battery';
let service: AuthServiceUnderTest;
let root: Tokens;
let rootId: string;

beforeAll(async () => {
  const extra = { CEILING_PER_ADDRESS: '0', TRACE_URL: 'https://traces.test/of/{traceId}?from={traceId}' };
  service = await AuthServiceUnderTest.start(process.env, 10, extra);
  root = await service.administrator();
  const [found] = await service.database.orm.select().from(users).where(eq(users.email, admin.email));
  rootId = found?.id ?? '';
}, 30_000);
afterAll(() => service.stop());

const query = (path: string, token = root.access_token) => service.call('GET', path, { token });
interface Listed {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | null;
}
async function audit(parameters: Record<string, string>): Promise<Listed> {
  await trailKept(service);
  const { status, body, text } = await query(`/platform/audit?${new URLSearchParams(parameters)}`);
  if (status !== 200) throw new Error(text);
  return body as unknown as Listed;
}
const about = (rows: readonly AuditRow[], userId: string) => rows.filter((row) => row.userId === userId);
/** What happened to an account, without the ordinary life of its sessions: that comes by another way, a moment later. */
const security = (rows: readonly AuditRow[], userId: string) =>
  about(rows, userId).filter(({ chain }) => chain === 'security');
const kinds = (rows: readonly AuditRow[]) =>
  rows.map(({ type, outcome, endedBecause }) =>
    [type, ...(outcome === 'failure' ? [outcome] : []), ...(endedBecause ? [endedBecause] : [])].join(' '),
  );

describe('the audit trail', () => {
  it('G18: has what a user does, in its order', async () => {
    const ada = await service.register();
    await service.call('POST', '/auth/login', { body: { email: ada.email, password: 'not her password' } });
    const phone = await service.signIn(ada);
    const laptop = await service.stepUp(await service.signIn(ada), ada.password);
    await service.refresh(laptop.refresh_token);
    const { access_token: token } = laptop;
    await service.call('POST', '/auth/password', { token, body: { newPassword } });
    await service.call('POST', '/auth/logout', { token });
    const rows = about(await rawTrail(service), ada.id);
    expect(kinds(rows.filter(({ chain }) => chain === 'security'))).toEqual([
      'account-registered',
      'sign-in failure',
      'sign-in',
      'sign-in',
      'step-up',
      'password-changed',
      'sessions-ended password-changed',
      'session-ended logout',
    ]);
    expect(kinds(rows.filter(({ chain }) => chain === 'activity')).sort()).toEqual([
      'session-begun',
      'session-begun',
      'session-refreshed',
    ]);
    const ofPhone = rows.filter(({ sessionId }) => sessionId === phone.sessionId);
    expect(kinds(ofPhone).sort()).toEqual(['session-begun', 'sign-in']);
  });

  it('G18: has who did it, from where, in which request and trace, and where that is shown', async () => {
    const ada = await service.register();
    const headers = {
      'user-agent': 'spec/7',
      'x-request-id': 'request-7',
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    };
    const call = { token: root.access_token, headers };
    await service.call('POST', `/auth/users/${ada.id}/disable`, call);
    const rows = about(await rawTrail(service), ada.id).filter(({ type }) => type !== 'account-registered');
    expect(kinds(rows)).toEqual(['account-disabled', 'sessions-ended account-disabled']);
    for (const row of rows) {
      expect(row).toMatchObject({ actorId: rootId, userAgent: 'spec/7', requestId: 'request-7', traceId });
      expect(row.ip).toMatch(/127\.0\.0\.1$/);
    }
    const { events } = await audit({ userId: ada.id, type: 'account-disabled' });
    expect(events).toMatchObject([
      { traceId, traceUrl: `https://traces.test/of/${traceId}?from=${traceId}` },
    ]);
  });

  it('G18: has what administrators do, to accounts, to keys, and by way of the gateway', async () => {
    const ada = await service.register();
    const tokens = await service.signIn(ada);
    const call = { token: root.access_token };
    await service.call('PUT', `/auth/users/${ada.id}/roles`, {
      ...call,
      body: { roles: ['user', 'support'] },
    });
    await service.call('POST', `/auth/users/${ada.id}/enable`, call);
    await service.call('DELETE', `/platform/sessions/${tokens.sessionId}`, call);
    await service.call('POST', '/platform/keys/rotate', call);
    const action = { eventId: randomUUID(), action: 'drain', target: 'order-1', actorId: rootId };
    const token = await service.serviceToken('gateway');
    for (const at of [0, 1]) {
      const told = await service.call('POST', '/internal/audit/actions', { token, body: action, at });
      expect(told.status).toBe(204);
    }
    const rows = await rawTrail(service);
    expect(kinds(security(rows, ada.id)).slice(-3)).toEqual([
      'roles-changed',
      'account-enabled',
      'session-ended revoked',
    ]);
    expect(security(rows, ada.id).at(-3)).toMatchObject({ detail: { roles: 'user support' } });
    expect(rows.filter(({ type }) => type === 'keys-rotated')).toMatchObject([{ actorId: rootId }]);
    expect(rows.filter(({ type }) => type === 'admin-action')).toMatchObject([
      { actorId: rootId, detail: { action: 'drain', target: 'order-1' } },
    ]);
  });

  it('tells nobody but the gateway’s actions: another service is refused', async () => {
    const token = await service.serviceToken('user');
    expect((await service.call('POST', '/internal/audit/actions', { token, body: {} })).status).toBe(403);
  });

  it('G18: has a theft, and with it what the detectors say', async () => {
    const ada = await service.register();
    const { sessionId } = await service.signIn(ada);
    await managerOf(service).revoke(sessionId, 'token-reuse');
    const rows = security(await rawTrail(service), ada.id);
    expect(kinds(rows).slice(-2)).toEqual(['session-ended token-reuse', 'anomaly']);
    expect(rows.at(-1)).toMatchObject({
      sessionId,
      detail: { detector: 'refresh-reuse', severity: 'high', action: 'end' },
    });
    const subjects = (await service.mailsTo(ada.email)).map(({ subject }) => subject);
    expect(subjects).toEqual(['Unusual activity']);
  });

  it('G18: holds no secret: neither password, nor token, nor e-mail, in any row', async () => {
    const ada = await service.register();
    const mistyped = { email: `${ada.password}@example.test`, password: 'irrelevant here' };
    await service.call('POST', '/auth/login', { body: mistyped });
    const tokens = await service.signIn(ada);
    await service.refresh(tokens.refresh_token);
    await service.call('POST', '/auth/password-reset', { body: { email: ada.email } });
    const [mail] = await service.mailsTo(ada.email);
    const dump = JSON.stringify(await rawTrail(service));
    expect(dump).toContain('password-reset-requested');
    const secrets = [
      ada.password,
      ada.email,
      admin.password,
      tokens.access_token,
      tokens.refresh_token,
      mail?.token,
    ];
    for (const secret of [...secrets, ...Object.values(serviceClients)])
      expect(dump).not.toContain(secret ?? '?');
  });
});

describe('GET /platform/audit', () => {
  it('gives page after page, newest first; what comes meanwhile moves nothing', async () => {
    const ada = await service.register();
    for (let count = 0; count < 3; count += 1) await service.signIn(ada);
    const all = await audit({ userId: ada.id });
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Listed = await audit({ userId: ada.id, limit: '2', ...(cursor && { cursor }) });
      seen.push(...page.events.map(({ id }) => id));
      cursor = page.nextCursor;
      await service.signIn(ada);
    }
    expect(seen).toEqual(all.events.map(({ id }) => id));
    const times = all.events.map(({ recordedAt }) => String(recordedAt));
    expect(times).toEqual([...times].sort().reverse());
  });

  it('finds by type, outcome, session, time and who did it', async () => {
    const ada = await service.register();
    await service.call('POST', '/auth/login', { body: { email: ada.email, password: 'not her password' } });
    const { sessionId } = await service.signIn(ada);
    const typed = async (parameters: Record<string, string>) =>
      (await audit(parameters)).events.map(({ type }) => type);
    expect(await typed({ userId: ada.id, type: 'sign-in' })).toEqual(['sign-in', 'sign-in']);
    expect(await typed({ userId: ada.id, outcome: 'failure' })).toEqual(['sign-in']);
    expect((await typed({ sessionId })).sort()).toEqual(['session-begun', 'sign-in']);
    expect(await typed({ userId: ada.id, from: '2999-01-01T00:00:00Z' })).toEqual([]);
    expect(await typed({ userId: ada.id, to: '2001-01-01T00:00:00Z' })).toEqual([]);
    const { events } = await audit({ userId: rootId, type: 'roles-changed' });
    expect(events.every(({ actorId }) => actorId === rootId)).toBe(true);
  });

  it.each([
    ['a limit over 200', 'limit=201'],
    ['a cursor of another list', 'cursor=AAAA'],
    ['an unknown type', 'type=nonsense'],
    ['a user that is none', 'userId=ada'],
    ['a parameter that there is not', 'who=ada'],
  ])('refuses %s', async (_what, parameters) => {
    expect(await query(`/platform/audit?${parameters}`)).toMatchObject({
      status: 400,
      body: { code: 'ERR_VALIDATION' },
    });
  });

  it('is for administrators', async () => {
    const { access_token: token } = await service.signIn(await service.register());
    for (const path of ['/platform/audit', '/platform/anomalies']) {
      expect((await query(path, token)).status).toBe(403);
    }
  });
});

describe('GET /auth/activity', () => {
  it('shows one’s own events and nobody else’s, and of an administrator only that it was one', async () => {
    const [ada, eve] = [await service.register(), await service.register()];
    await service.signIn(eve);
    const before = await service.signIn(ada);
    await service.call('DELETE', `/platform/sessions/${before.sessionId}`, { token: root.access_token });
    const { access_token: token } = await service.signIn(ada);
    await trailKept(service);
    const { body } = await query('/auth/activity?limit=100', token);
    const events = body['events'] as Readonly<Record<string, unknown>>[];
    const security = events.filter(({ type }) => type !== 'session-begun');
    expect(security).toEqual([
      expect.objectContaining({ type: 'sign-in', byAdministrator: false, ip: expect.any(String) }),
      expect.objectContaining({ type: 'session-ended', endedBecause: 'revoked', byAdministrator: true }),
      expect.objectContaining({ type: 'sign-in', sessionId: before.sessionId }),
      expect.objectContaining({ type: 'account-registered' }),
    ]);
    expect(security[1]).not.toHaveProperty('ip');
    expect(JSON.stringify(events)).not.toContain(rootId);
  });
});

describe('an instance that dies', () => {
  it('G18: leaves the duty to another, and nothing that was told is lost', async () => {
    const ada = await service.register();
    const doomed = await AuthProcess.start({ ...service.environment });
    const body = { email: ada.email, password: ada.password };
    const signedIn = await doomed.call('POST', '/auth/login', { body });
    await doomed.kill();
    expect(signedIn.status).toBe(200);
    // Its lease would be over in seconds.
    await service.database.pool.query('UPDATE audit_duty SET until = now()');
    const rows = about(await rawTrail(service), ada.id);
    expect(kinds(rows.filter(({ chain }) => chain === 'security'))).toEqual([
      'account-registered',
      'sign-in',
    ]);
  });
});
