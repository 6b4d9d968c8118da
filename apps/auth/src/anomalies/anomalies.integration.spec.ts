import { randomUUID } from 'node:crypto';
import { authRoutes, policyOf, type RouteContract } from '@holdfast/contracts';
import { systemEvent, type AuditNote } from '@holdfast/service-defaults';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Duty } from '../audit/duty.js';
import { putInOutbox } from '../audit/outbox.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';
import { trailKept } from '../testing/kept-trail.js';
import { managerOf } from '../testing/session-manager-of.js';
import { Examiner } from './examiner.js';

let service: AuthServiceUnderTest;
let token: string;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 11, {
    CEILING_PER_ADDRESS: '0',
    ANOMALY_ACTIONS: 'session-moved:end,impossible-rate:step-up',
    ANOMALY_REFRESHES_PER_MINUTE: '5',
    ANOMALY_ACCOUNT_FAILURES: '4',
  });
  token = (await service.administrator()).access_token;
}, 30_000);
afterAll(() => service.stop());

/** Tells events as another process would, and has them looked at. */
async function told(...notes: AuditNote[]): Promise<void> {
  await putInOutbox(
    service.database.orm,
    notes.map((note) => systemEvent(note)),
  );
  await trailKept(service);
}
async function found(parameters: Record<string, string>) {
  const answer = await service.call('GET', `/platform/anomalies?${new URLSearchParams(parameters)}`, {
    token,
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body['anomalies'] as Readonly<Record<string, unknown>>[];
}
const session = ({ access_token }: Tokens) => service.call('GET', '/auth/session', { token: access_token });
const refreshedOften = ({ sessionId }: Tokens, userId: string) =>
  told(...Array.from({ length: 5 }, () => ({ type: 'session-refreshed', sessionId, userId }) as const));

describe('a finding', () => {
  it('is in the trail with its evidence, once, however many instances there are, and is counted', async () => {
    const ada = await service.register();
    for (let count = 0; count < 4; count += 1) {
      await service.call('POST', '/auth/login', { body: { email: ada.email, password: 'wrong' }, at: count });
    }
    await trailKept(service);
    expect(await found({ userId: ada.id })).toEqual([
      {
        id: expect.any(String),
        detector: 'stuffing-account',
        severity: 'medium',
        action: 'notify',
        foundAt: expect.any(String),
        userId: ada.id,
        ip: expect.any(String),
        evidence: { failures: 4, addresses: 1, windowMs: 600_000 },
      },
    ]);
    const counts = service.instances.map(({ app }) =>
      app.get(Registry, { strict: false }).getSingleMetricAsString('holdfast_anomalies_total'),
    );
    expect((await Promise.all(counts)).join('\n')).toContain(
      'holdfast_anomalies_total{detector="stuffing-account",severity="medium"} 1',
    );
  });

  it('ends the session where that is wanted, and its owner gets a mail', async () => {
    const ada = await service.register();
    const tokens = await service.signIn(ada);
    const { sessionId } = tokens;
    // What began it comes by way of Redis.
    await trailKept(service);
    await told({ type: 'session-touched', sessionId, userId: ada.id, ip: '203.0.113.1', userAgent: 'curl' });
    expect(await session(tokens)).toMatchObject({ status: 401, body: { endedBecause: 'revoked' } });
    expect(await found({ userId: ada.id })).toMatchObject([
      { detector: 'session-moved', action: 'end', sessionId },
    ]);
    expect((await service.mailsTo(ada.email)).map(({ subject }) => subject)).toEqual(['Unusual activity']);
  });

  it('is found again by nobody who takes over, and goes on from what the one before has seen', async () => {
    const ada = await service.register();
    const fail = { type: 'sign-in', outcome: 'failure', userId: ada.id, ip: '192.0.2.1' } as const;
    const failure = { ...fail, detail: { account: randomUUID() } };
    await told(failure, failure, failure);
    await takeOver();
    await told(failure);
    expect(await found({ userId: ada.id })).toHaveLength(1);
    await takeOver();
    await told(failure);
    expect(await found({ userId: ada.id })).toHaveLength(1);
  });

  it('is listed page by page, by detector and severity', async () => {
    await refreshedOften(await service.signIn(await service.register()), randomUUID());
    const rate = await found({ detector: 'impossible-rate' });
    expect(rate.length).toBeGreaterThan(0);
    expect(rate.every(({ detector }) => detector === 'impossible-rate')).toBe(true);
    expect(await found({ detector: 'impossible-rate', severity: 'low' })).toEqual([]);
    expect(await found({ limit: '1' })).toHaveLength(1);
  });
});

/** The duty changes hands: whoever has it now has looked at nothing yet. */
async function takeOver(): Promise<void> {
  await service.database.pool.query(`UPDATE audit_duty SET holder = 'somebody who died', until = now()`);
  for (const { app } of service.instances) await app.get(Duty, { strict: false }).release();
  for (const { app } of service.instances) app.get(Examiner, { strict: false }).forget();
}

describe('a session whose level was taken away', () => {
  const routes = Object.values<RouteContract>(authRoutes).filter(
    ({ access }) => access === 'session' || access === 'account:own',
  );

  it('reads, writes nothing, and is as before once it has stepped up', async () => {
    const ada = await service.register();
    const tokens = await service.signIn(ada);
    await refreshedOften(tokens, ada.id);
    expect(await found({ userId: ada.id })).toMatchObject([
      { detector: 'impossible-rate', action: 'step-up' },
    ]);
    expect(await session(tokens)).toMatchObject({ status: 200, body: { acr: 0, roles: ['user'] } });
    const raised = await service.stepUp(tokens, ada.password);
    expect(await session(raised)).toMatchObject({ status: 200, body: { acr: 2 } });
    const body = { newPassword: 'a longer horse battery' };
    expect((await service.call('POST', '/auth/password', { token: raised.access_token, body })).status).toBe(
      200,
    );
  });

  it.each(routes)('is asked for a step-up by $method $path as the contract says', async (contract) => {
    const tokens = await service.signIn(await service.register());
    await managerOf(service).demandStepUp(tokens.sessionId);
    const url = contract.path.replaceAll(/:\w+/g, 'nobody');
    const { status, body } = await service.call(contract.method, url, { token: tokens.access_token });
    const isAsked = status === 403 && body['code'] === 'ERR_STEP_UP_REQUIRED';
    expect(isAsked).toBe(
      (contract.stepUp ?? false) || (!contract.atAnyLevel && policyOf(contract) !== 'read'),
    );
  });

  it('is no guest’s: guests write', async () => {
    const { body } = await service.call('POST', '/auth/guest');
    const guest = String(body['access_token']);
    expect((await service.call('POST', '/auth/logout-others', { token: guest })).status).toBe(200);
  });
});
