import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 13);
});
afterAll(() => service.stop());

const totp = (method: string, path: string, { access_token: token }: Tokens, body?: unknown) =>
  service.call(method, `/auth/totp${path}`, { token, body });
const codeOf = (key: unknown, later = 0) =>
  new TOTP({ secret: Secret.fromBase32(String(key)) }).generate({ timestamp: Date.now() + later });

/** So many codes that are wrong, now and for as long as a test takes: a number that nobody looked at may be right. */
function wrongCodes(key: unknown, count: number): readonly string[] {
  const right = [-60_000, -30_000, 0, 30_000, 60_000, 90_000].map((later) => codeOf(key, later));
  const any = Array.from({ length: count + right.length }, (_, n) => String(100_000 + n));
  return any.filter((code) => !right.includes(code)).slice(0, count);
}

/** Somebody who has stepped up. */
async function somebody() {
  const ada = await service.register();
  return { ...ada, tokens: await service.stepUp(await service.signIn(ada), ada.password) };
}

/** … and has turned a second factor on. */
async function withSecondFactor() {
  const ada = await somebody();
  const { body: begun } = await totp('POST', '', ada.tokens);
  const answer = await totp('POST', '/confirm', ada.tokens, { code: codeOf(begun['secret']) });
  return { ...ada, key: begun['secret'], answer };
}

describe('/auth/totp', () => {
  it('is begun, confirmed by its first code, and answers ten recovery codes', async () => {
    const ada = await somebody();
    const begun = await totp('POST', '', ada.tokens);
    expect(begun).toMatchObject({ status: 201 });
    expect(begun.headers.get('cache-control')).toBe('no-store');
    expect(begun.body).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      uri: expect.stringMatching(/^otpauth:\/\/totp\/Holdfast:/),
    });
    const confirmed = await totp('POST', '/confirm', ada.tokens, { code: codeOf(begun.body['secret']) });
    expect(confirmed).toMatchObject({ status: 200 });
    expect(confirmed.headers.get('cache-control')).toBe('no-store');
    expect(confirmed.body['recoveryCodes']).toHaveLength(10);
  });

  it('refuses a wrong code at its member, and leaves the key to be confirmed', async () => {
    const ada = await somebody();
    const { body } = await totp('POST', '', ada.tokens);
    for (const code of [...wrongCodes(body['secret'], 1), 'aaaa-bbbb', '000 000']) {
      expect(await totp('POST', '/confirm', ada.tokens, { code })).toMatchObject({
        status: 400,
        body: { code: 'ERR_VALIDATION', errors: [{ path: 'code' }] },
      });
    }
    expect((await totp('POST', '/confirm', ada.tokens, { code: codeOf(body['secret']) })).status).toBe(200);
  });

  it('lets a device guess at its first code five times, and no more with whatever it tries', async () => {
    const [ada, eve] = [await somebody(), await somebody()];
    const { body } = await totp('POST', '', ada.tokens);
    const guesses = wrongCodes(body['secret'], 20);
    const burst = await Promise.all(guesses.map((code) => totp('POST', '/confirm', ada.tokens, { code })));
    expect(burst.filter(({ status }) => status === 400)).toHaveLength(5);
    const refused = await totp('POST', '/confirm', ada.tokens, { code: codeOf(body['secret']) });
    expect(refused).toMatchObject({ status: 429, body: { code: 'ERR_RATE_LIMITED' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const { body: begun } = await totp('POST', '', eve.tokens);
    expect((await totp('POST', '/confirm', eve.tokens, { code: codeOf(begun['secret']) })).status).toBe(200);
    expect((await service.signIn(ada)).access_token).toBeTruthy();
  });

  it('refuses to begin or confirm what is on, and to renew codes of what is off', async () => {
    const eve = await somebody();
    expect((await totp('POST', '/recovery-codes', eve.tokens)).status).toBe(409);
    expect((await totp('POST', '/confirm', eve.tokens, { code: '000000' })).status).toBe(409);
    const ada = await withSecondFactor();
    expect(await totp('POST', '', ada.tokens)).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    expect((await totp('POST', '/confirm', ada.tokens, { code: '000000' })).status).toBe(409);
  });

  it('wants a step-up for each of its changes, and with the second factor on that wants the code, too', async () => {
    const ada = await withSecondFactor();
    const refused = { status: 403, body: { code: 'ERR_STEP_UP_REQUIRED' } };
    const eve = await service.signIn(await service.register());
    for (const [method, path] of [
      ['POST', ''],
      ['POST', '/confirm'],
      ['POST', '/recovery-codes'],
      ['DELETE', ''],
    ] as const) {
      expect(await totp(method, path, eve, { code: '000000' })).toMatchObject(refused);
    }
    await expect(service.stepUp(ada.tokens, ada.password)).rejects.toThrow(/ERR_STEP_UP_REQUIRED/);
    const raised = await service.stepUp(ada.tokens, ada.password, codeOf(ada.key, 30_000));
    expect((await totp('POST', '/recovery-codes', raised)).status).toBe(200);
  });

  it('is turned off by its owner; a repeat finds nothing to do', async () => {
    const ada = await withSecondFactor();
    expect(await totp('DELETE', '', ada.tokens)).toMatchObject({ status: 204, text: '' });
    expect((await totp('DELETE', '', ada.tokens)).status).toBe(204);
    expect((await service.signIn(ada)).access_token).toBeTruthy();
  });

  it('is taken off by an administrator when it is lost; the account shows whether there is one', async () => {
    const ada = await withSecondFactor();
    const { access_token: token } = await service.administrator();
    const shown = async () => (await service.call('GET', `/auth/users/${ada.id}`, { token })).body;
    expect(await shown()).toMatchObject({ secondFactor: true });
    const take = () => service.call('DELETE', `/auth/users/${ada.id}/totp`, { token, at: 1 });
    expect((await take()).status).toBe(204);
    expect((await take()).status).toBe(204);
    expect(await shown()).toMatchObject({ secondFactor: false });
    expect((await service.signIn(ada)).access_token).toBeTruthy();
  });

  it('tells its owner by mail of each change, once, without key or codes', async () => {
    const ada = await withSecondFactor();
    const renewed = await totp('POST', '/recovery-codes', ada.tokens);
    await totp('DELETE', '', ada.tokens);
    await totp('DELETE', '', ada.tokens);
    const mails = await service.mailsTo(ada.email);
    expect(mails.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 3 }, () => 'Your second factor was changed'),
    );
    const text = JSON.stringify(mails);
    for (const secret of [ada.key, ...(renewed.body['recoveryCodes'] as string[])]) {
      expect(text).not.toContain(secret);
    }
    for (const change of ['turned on', 'new recovery codes', 'turned off']) expect(text).toContain(change);
  });
});
