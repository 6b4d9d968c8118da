import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

const secret = () => randomBytes(32).toString('base64url');
const [older, newer] = [secret(), secret()];
const platform = {
  SESSION_SECRET: secret(),
  REFRESH_SECRET: secret(),
  SIGNING_KEY_SECRET: secret(),
  ACCOUNT_SECRET: secret(),
  LOG_LEVEL: 'info',
};
let db: AuthDatabase;
const running: AuthServiceUnderTest[] = [];

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
});
afterAll(() => db.drop());

async function start(sealing: Readonly<Record<string, string>>): Promise<AuthServiceUnderTest> {
  const environment = { ...platform, DATABASE_URL: db.url, ...sealing };
  const service = await AuthServiceUnderTest.start(process.env, 4, environment);
  running.push(service);
  return service;
}

const session = (service: AuthServiceUnderTest, { access_token: token }: Tokens) =>
  service.call('GET', '/auth/session', { token });

/** Waits until the log has this line. */
async function logged(service: AuthServiceUnderTest, text: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (service.log.some((line) => line.includes(text))) return;
    await sleep(50);
  }
  throw new Error(`The log does not say: ${text}`);
}

describe('a new SEALING_SECRET', () => {
  it('G12: refuses nobody, and the log says how far sealing anew is', async () => {
    const before = await start({ SEALING_SECRET: older });
    const [early, late] = [
      await before.signIn(await before.register()),
      await before.signIn(await before.register()),
    ];
    const changed = await start({ SEALING_SECRET: newer, SEALING_SECRET_PREVIOUS: older });
    expect((await session(changed, early)).status).toBe(200);
    await logged(changed, 'Sealed anew');
    const after = await start({ SEALING_SECRET: newer });
    for (const tokens of [early, late]) {
      expect((await session(after, tokens)).status).toBe(200);
      expect((await after.refresh(tokens.refresh_token)).status).toBe(200);
    }
    expect(changed.log.join()).not.toContain(newer);
    expect(changed.log.join()).not.toContain(older);
  });

  it('is 503 for who was signed in, never 401, while the older one is missing, and 401 once that is declared lost', async () => {
    const before = await start({ SEALING_SECRET: older });
    const ada = await before.register();
    const tokens = await before.signIn(ada);
    const forgetful = await start({ SEALING_SECRET: newer });
    const answer = await session(forgetful, tokens);
    expect(answer).toMatchObject({ status: 503, body: { code: 'ERR_STORE_UNAVAILABLE' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await session(before, tokens)).status).toBe(200);

    const lost = await start({ SEALING_SECRET: newer, SEALING_SECRET_LOST: 'true' });
    for (let tries = 0; (await session(lost, tokens)).status === 503 && tries < 200; tries += 1)
      await sleep(50);
    expect(await session(lost, tokens)).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'revoked' },
    });
    expect((await session(lost, await lost.signIn(ada))).status).toBe(200);
  });
});
