import { createHmac, createPublicKey, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { KeysUnavailableError } from './errors.js';
import { TokenMint } from './spec/token-mint.js';

const ISSUER = 'http://gateway.test';
let now: number;
let asked: string[];
/** What the source says of our key id; at first our key. */
let ours: () => KeyObject | undefined;
let mint: TokenMint;
let verifier: AccessTokenVerifier;

beforeEach(() => {
  now = 1_800_000_000_000;
  asked = [];
  mint = new TokenMint(ISSUER, 'holdfast', () => now);
  ours = () => mint.publicKey;
  const getKey = async (kid: string) => {
    asked.push(kid);
    return kid === mint.kid ? ours() : undefined;
  };
  verifier = new AccessTokenVerifier({
    issuer: ISSUER,
    audience: 'holdfast',
    keys: { getKey },
    clock: { now: () => now },
  });
});

const anotherKey = () => createPublicKey(mint.foreignKey());
const claims = (changes = {}) => mint.userClaims('u1', 's1', changes);

describe('AccessTokenVerifier', () => {
  it('reads who and which session out of a token of ours', async () => {
    expect(await verifier.verify(mint.sign(claims({ roles: ['user', 'admin'], acr: '2' })))).toEqual({
      kind: 'session',
      userId: 'u1',
      sessionId: 's1',
      tokenId: expect.any(String),
      clientId: 'holdfast-cli',
      roles: ['user', 'admin'],
      acr: 2,
      authTimeAt: now,
      expiresAt: now + 300_000,
    });
  });

  it('tells a service token from a user token', async () => {
    expect(await verifier.verify(mint.sign(mint.serviceClaims('auth')))).toMatchObject({
      kind: 'service',
      clientId: 'auth',
    });
  });

  it('reads the level of a guest, and when a user stepped up', async () => {
    expect(await verifier.verify(mint.sign(claims({ acr: '0', roles: ['guest'] })))).toMatchObject({
      acr: 0,
    });
    const stepped = mint.sign(claims({ acr: '2', step_up_time: now / 1000 - 60 }));
    expect(await verifier.verify(stepped)).toMatchObject({ acr: 2, steppedUpAt: now - 60_000 });
  });

  it('checks the signature of a token once, and never takes it past its expiry', async () => {
    const token = mint.sign(claims());
    await verifier.verify(token);
    ours = anotherKey;
    expect(await verifier.verify(token)).toBeDefined();
    expect(await verifier.verify(mint.sign(claims()))).toBeUndefined();
    now += 306_000;
    expect(await verifier.verify(token)).toBeUndefined();
  });

  it('a withdrawn key opens nothing any more, not even with a token that was verified before', async () => {
    const token = mint.sign(claims());
    await verifier.verify(token);
    ours = () => undefined;
    expect(await verifier.verify(token)).toBeUndefined();
    ours = () => {
      throw new KeysUnavailableError();
    };
    await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailableError);
  });

  it('takes a token that expired within the tolerance of 5 s, and one from a clock that is ahead', async () => {
    const late = mint.sign(claims({ exp: now / 1000 - 3 }));
    expect(await verifier.verify(late)).toBeDefined();
    expect(await verifier.verify(mint.sign(claims({ nbf: now / 1000 + 3 })))).toBeDefined();
    expect(await verifier.verify(mint.sign(claims({ nbf: now / 1000 + 9 })))).toBeUndefined();
  });

  it('cannot say anything without keys, and says so', async () => {
    const keys = { getKey: async () => Promise.reject(new KeysUnavailableError()) };
    const blind = new AccessTokenVerifier({
      issuer: ISSUER,
      audience: 'holdfast',
      keys,
      clock: { now: () => now },
    });
    await expect(blind.verify(mint.sign(claims()))).rejects.toThrow(KeysUnavailableError);
  });

  it('remembers no more tokens than it may', async () => {
    const keys = { getKey: async () => ours() };
    const small = new AccessTokenVerifier({
      issuer: ISSUER,
      audience: 'holdfast',
      keys,
      cacheSize: 2,
      clock: { now: () => now },
    });
    const tokens = [1, 2, 3].map(() => mint.sign(claims()));
    for (const token of tokens) await small.verify(token);
    ours = anotherKey;
    const remembered = await Promise.all(tokens.map((token) => small.verify(token)));
    expect(remembered.map((known) => known !== undefined)).toEqual([false, true, true]);
  });
});

const pem = () => mint.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const hs256 = (secret: string) => (input: string) =>
  createHmac('sha256', secret).update(input).digest('base64url');
const good = () => mint.sign(claims());
const [dot, first] = ['.', 0] as const;

const FORGERIES: Readonly<Record<string, () => string>> = {
  'no algorithm': () => mint.raw(claims(), { alg: 'none' }, () => ''),
  'no algorithm, in other letters': () => mint.raw(claims(), { alg: 'nOnE' }, () => ''),
  'HS256 with the public key (PEM) as its secret': () => mint.raw(claims(), { alg: 'HS256' }, hs256(pem())),
  'HS256 with the public key (JWK) as its secret': () =>
    mint.raw(claims(), { alg: 'HS256' }, hs256(JSON.stringify(mint.jwk))),
  'ES384 in the header': () => mint.sign(claims(), { alg: 'ES384' }),
  'typ JWT, as an id token has': () => mint.sign(claims(), { typ: 'JWT' }),
  'no typ': () => mint.sign(claims(), { typ: undefined }),
  'typ of a wrong type': () => mint.sign(claims(), { typ: ['at+jwt'] }),
  'a crit that nobody understands': () => mint.sign(claims(), { crit: ['b64'], b64: false }),
  'an empty crit': () => mint.sign(claims(), { crit: [] }),
  'no kid': () => mint.sign(claims(), { kid: undefined }),
  'an unknown kid': () => mint.sign(claims(), { kid: 'other' }),
  'a kid that is a path': () => mint.sign(claims(), { kid: '../../../../dev/null' }),
  'a kid from the prototype': () => mint.sign(claims(), { kid: '__proto__' }),
  'its own key in the header': () => {
    const own = new TokenMint(ISSUER, 'holdfast', () => now);
    return own.sign(claims(), { kid: 'other', jwk: own.jwk, jku: 'http://127.0.0.1/jwks' });
  },
  'a key that is not ours under our kid': () => mint.sign(claims(), {}, mint.foreignKey()),
  'a foreign issuer': () => mint.sign(claims({ iss: 'http://elsewhere.test' })),
  'no issuer': () => mint.sign(claims({ iss: undefined })),
  'a foreign audience': () => mint.sign(claims({ aud: 'someone-else' })),
  'no audience': () => mint.sign(claims({ aud: undefined })),
  'an expiry that is over': () => mint.sign(claims({ exp: now / 1000 - 6 })),
  'no expiry': () => mint.sign(claims({ exp: undefined })),
  'an expiry that is a text': () => mint.sign(claims({ exp: String(now) })),
  'no subject': () => mint.sign(claims({ sub: undefined })),
  'an empty subject': () => mint.sign(claims({ sub: '' })),
  'no session and no scope': () => mint.sign(claims({ sid: undefined })),
  'a session and a service scope': () => mint.sign(claims({ scope: 'internal' })),
  'a service scope for another subject': () => mint.sign(mint.serviceClaims('auth', { sub: 'u1' })),
  'another scope than internal': () => mint.sign(mint.serviceClaims('auth', { scope: 'internal admin' })),
  'roles that are a text': () => mint.sign(claims({ roles: 'admin' })),
  'no roles': () => mint.sign(claims({ roles: undefined })),
  'no level': () => mint.sign(claims({ acr: undefined })),
  'a level below 0': () => mint.sign(claims({ acr: -1 })),
  'a level that is a word': () => mint.sign(claims({ acr: 'high' })),
  'a level that is a fraction': () => mint.sign(claims({ acr: 1.5 })),
  'an empty level': () => mint.sign(claims({ acr: '' })),
  'a step-up time that is a text': () => mint.sign(claims({ step_up_time: String(now) })),
  'a step-up time of null': () => mint.sign(claims({ step_up_time: null })),
  'a step-up time of 0': () => mint.sign(claims({ step_up_time: 0 })),
  'no sign-in time': () => mint.sign(claims({ auth_time: undefined })),
  'a changed payload': () => {
    const [head, , signature] = good().split(dot);
    const payload = Buffer.from(JSON.stringify(claims({ roles: ['admin'] }))).toString('base64url');
    return [head, payload, signature].join(dot);
  },
  'a truncated signature': () => good().slice(first, -10),
  'no signature': () => `${good().split(dot).slice(first, 2).join(dot)}.`,
  'one dot': () => good().split(dot).slice(first, 2).join(dot),
  'no dot': () => good().replaceAll(dot, ''),
  'three dots': () => `${good()}.x`,
  'only dots': () => '..',
  nothing: () => '',
  'a header that is no object': () => `${Buffer.from('[]').toString('base64url')}.e30.AA`,
  'a header that is no JSON': () => 'e30x.e30.AA',
  'a signature in DER': () =>
    mint.raw(claims(), { alg: 'ES256' }, () => Buffer.alloc(70, 48).toString('base64url')),
  'a signature of zeros (CVE-2022-21449)': () =>
    mint.raw(claims(), { alg: 'ES256' }, () => Buffer.alloc(64).toString('base64url')),
  'more than 8 KiB': () => mint.sign(claims({ filler: 'x'.repeat(8192) })),
};

describe('AccessTokenVerifier, forged and foreign tokens', () => {
  it('takes one spelling of a signature, and asks for no key for the fifteen others', async () => {
    const token = good();
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = digits.indexOf(token.at(-1) ?? '');
    const spellings = Array.from(
      { length: 16 },
      (_, spare) => token.slice(0, -1) + digits.charAt(last + spare),
    );
    const bytesOf = (spelling: string) =>
      Buffer.from(spelling.split(dot).at(-1) ?? '', 'base64url').toString('hex');
    expect(new Set(spellings.map(bytesOf)).size).toBe(1);
    for (const spelling of [...spellings.slice(1), `${token}=`, `${token}A`])
      expect(await verifier.verify(spelling)).toBeUndefined();
    expect(asked).toEqual([]);
    expect(await verifier.verify(token)).toBeDefined();
  });

  it.each(Object.entries(FORGERIES))('refuses a token with %s', async (_name, forge) => {
    expect(await verifier.verify(forge())).toBeUndefined();
  });
});
