import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { admin, AuthServiceUnderTest, issuer } from '../testing/auth-service.js';
import { throughIssuer } from '../testing/oauth-client.js';

const leadMs = 3_000;
let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 14, {
    SIGNING_KEY_LEAD_MS: String(leadMs),
    CEILING_PER_ADDRESS: '0',
  });
});
afterAll(() => service.stop());

const jwks = async (at: number) => {
  const { body } = await service.call('GET', '/.well-known/jwks.json', { at });
  return (body['keys'] as { kid: string }[]).map(({ kid }) => kid);
};
const rotate = (token: string, at = 0) => service.call('POST', '/platform/keys/rotate', { token, at });

describe('POST /platform/keys/rotate', () => {
  it('is for administrators who stepped up', async () => {
    const user = await service.register();
    const plain = await service.signIn(user);
    expect((await rotate(plain.access_token)).body).toMatchObject({ code: 'ERR_FORBIDDEN' });
    const raised = await service.stepUp(plain, user.password);
    expect((await rotate(raised.access_token)).body).toMatchObject({ code: 'ERR_FORBIDDEN' });
    const boss = await service.signIn(admin);
    expect(await rotate(boss.access_token)).toMatchObject({
      status: 403,
      body: { code: 'ERR_STEP_UP_REQUIRED' },
    });
    expect((await service.call('POST', '/platform/keys/rotate')).status).toBe(401);
    expect(await jwks(0)).toHaveLength(1);
  });

  /** Refreshes on both instances and shows the tokens to both and to a verifier, until the new key has signed for a while. */
  it('G12: refuses no token under load, at two instances and at an independent verifier', async () => {
    const { access_token: token } = await service.administrator();
    const { keySet } = throughIssuer([service.at(0), service.at(1)]);
    // As the default of 30 s is to the default lead of 35 s.
    const keys = keySet(`${issuer}/.well-known/jwks.json`, (leadMs * 30) / 35);
    const claims = { issuer, audience: 'holdfast', typ: 'at+jwt' };
    // It has the keys of before, and looks again for one that it does not know after its cooldown only.
    await jwtVerify(token, keys, claims);
    const refused: unknown[] = [];
    const signed = new Map<string, number>();
    const enough = (kid: string) => (signed.get(kid) ?? 0) >= 20;

    async function client(n: number, kid: string): Promise<void> {
      let tokens = await service.signIn(await service.register());
      for (let turn = n; !enough(kid) && refused.length === 0; turn += 1) {
        const answer = await service.refresh(tokens.refresh_token, turn % 2);
        tokens = answer.body as unknown as typeof tokens;
        const own = decodeProtectedHeader(tokens.access_token).kid ?? '';
        signed.set(own, (signed.get(own) ?? 0) + 1);
        await jwtVerify(tokens.access_token, keys, claims).catch((error: unknown) => refused.push(error));
        for (const at of [0, 1]) {
          const { status } = await service.call('GET', '/auth/session', { token: tokens.access_token, at });
          if (status !== 200) refused.push(status);
        }
      }
    }

    const [before = ''] = await jwks(0);
    const answers = await Promise.all([rotate(token, 0), rotate(token, 1), rotate(token, 0)]);
    const { kid, signsFrom } = answers[0]?.body as { kid: string; signsFrom: string };
    for (const { status, body } of answers) {
      expect(status).toBe(202);
      expect(body).toEqual({ kid, signsFrom, previousKid: before });
    }
    expect(await jwks(0)).toEqual([before, kid]);
    await Promise.all([0, 1, 2, 3].map((n) => client(n, kid)));
    expect(refused).toEqual([]);
    expect(signed.get(before)).toBeGreaterThan(0);
    expect([...signed.keys()]).toEqual([before, kid]);
    expect(await jwks(0)).toEqual(await jwks(1));
    expect((await service.call('GET', '/auth/session', { token })).status).toBe(200);
  });
});
