import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { SealedCredentials, type CarriedSession, type CredentialKind } from './credentials.js';

const secret = () => randomBytes(32).toString('base64url');
const [current, former] = [secret(), secret()];
const credentials = new SealedCredentials({ secret: current });
const session: CarriedSession = {
  sessionId: 's'.repeat(64),
  userId: '4d2f0a5e-7c3b-4a52-9c5e-2d1a6b7c8d9e',
  isGuest: false,
  acr: 1,
  authTimeAt: 1_000,
  createdAt: 1_000,
  expiresAt: 43_201_000,
  epoch: 7,
  rememberMe: false,
};
const KINDS: readonly CredentialKind[] = ['refresh-token', 'cookie'];
const header = (members: object) => Buffer.from(JSON.stringify(members)).toString('base64url');
const headerOf = (sealed: string) =>
  JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('a sealed credential', () => {
  it.each(KINDS)('says what it was issued for, whole: %s', async (kind) => {
    for (const each of [session, { ...session, isGuest: true, rememberMe: true, steppedUpAt: 2_000 }]) {
      expect(await credentials.open(kind, await credentials.issue(kind, each))).toEqual(each);
    }
  });

  it('is a JWE by `dir` and A256GCM that names its key and shows nothing else', async () => {
    const sealed = await credentials.issue('cookie', session);
    expect(headerOf(sealed)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: expect.any(String) });
    const clear = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const part of clear) expect(part).not.toContain(session.userId);
    expect(sealed.length).toBeLessThan(1_024);
  });

  it('G16: is of one kind: no cookie is a refresh token, and the other way round', async () => {
    expect(
      await credentials.open('refresh-token', await credentials.issue('cookie', session)),
    ).toBeUndefined();
    expect(
      await credentials.open('cookie', await credentials.issue('refresh-token', session)),
    ).toBeUndefined();
  });

  it('G16: is refused with any character changed, taken away or added', async () => {
    const sealed = await credentials.issue('refresh-token', session);
    for (let at = 0; at < sealed.length; at += 1) {
      const [before, after] = [sealed.slice(0, at), sealed.slice(at + 1)];
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(await credentials.open('refresh-token', before + other + after)).toBeUndefined();
      expect(await credentials.open('refresh-token', before + after)).toBeUndefined();
    }
    for (const more of ['A', '=', '.', ' ', '\n', '.AAAA']) {
      expect(await credentials.open('refresh-token', sealed + more)).toBeUndefined();
    }
  });

  it('G16: is refused with the parts of another one', async () => {
    const one = (await credentials.issue('cookie', session)).split('.');
    const other = (await credentials.issue('cookie', { ...session, acr: 2 })).split('.');
    for (let part = 2; part < 5; part += 1) {
      const mixed = one.map((own, index) => (index === part ? other[index] : own)).join('.');
      expect(await credentials.open('cookie', mixed)).toBeUndefined();
    }
  });

  it.each([
    { alg: 'none' },
    { alg: 'A256KW' },
    { alg: 'PBES2-HS256+A128KW', p2c: 1e9, p2s: 'AAAA' },
    { alg: 'RSA-OAEP' },
    { enc: 'A128GCM' },
    { enc: 'A256CBC-HS512' },
    { zip: 'DEF' },
    { crit: ['b64'], b64: false },
    { kid: 'unknown1' },
    { kid: undefined },
    { jwk: { kty: 'oct', k: 'AAAA' } },
  ])('G16: is refused with another header: %j', async (members) => {
    const sealed = await credentials.issue('cookie', session);
    const parts = sealed.split('.').slice(1);
    const changed = [header({ ...headerOf(sealed), ...members }), ...parts].join('.');
    expect(await credentials.open('cookie', changed)).toBeUndefined();
  });

  it('G16: is refused as a JWT without a signature, and sealed by anybody else', async () => {
    const claims = {
      sid: session.sessionId,
      sub: session.userId,
      acr: 2,
      auth: 1,
      iat: 1,
      exp: 9e15,
      epoch: 0,
    };
    const unsigned = `${header({ alg: 'none' })}.${header(claims)}.`;
    expect(await credentials.open('refresh-token', unsigned)).toBeUndefined();
    const { kid } = headerOf(await credentials.issue('refresh-token', session));
    const forged = await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: String(kid) })
      .encrypt(randomBytes(32));
    expect(await credentials.open('refresh-token', forged)).toBeUndefined();
  });

  it('G12: of a former secret is taken, as long as that stands among the previous ones', async () => {
    const old = await new SealedCredentials({ secret: former }).issue('cookie', session);
    expect(await credentials.open('cookie', old)).toBeUndefined();
    const rotated = new SealedCredentials({ secret: current, previous: [former] });
    expect(await rotated.open('cookie', old)).toEqual(session);
    expect(headerOf(await rotated.issue('cookie', session))['kid']).not.toBe(headerOf(old)['kid']);
  });

  it('is looked for in no text of any other kind, and none is an error', async () => {
    const part = fc.base64String({ maxLength: 40 });
    const jwe = fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => parts.join('.'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), jwe), async (text) => {
        expect(await credentials.open('cookie', text)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(await credentials.open('cookie', 'A'.repeat(100_000))).toBeUndefined();
  });

  it('needs a secret of 32 bytes', () => {
    expect(() => new SealedCredentials({ secret: 'short' })).toThrow(TypeError);
  });
});
