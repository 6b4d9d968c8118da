import { createPublicKey, type KeyObject } from 'node:crypto';
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

  it('tells the token of another program by its scope, of which it has one', async () => {
    const token = (scope: unknown) => mint.sign(mint.serviceClaims('scraper', { scope }));
    expect(await verifier.verify(token('metrics:read'))).toMatchObject({
      kind: 'client',
      clientId: 'scraper',
      scope: 'metrics:read',
    });
    for (const scope of ['', 'internal metrics:read', 'ünlike', ['internal'], 1, undefined])
      expect(await verifier.verify(token(scope))).toBeUndefined();
  });

  it('reads the level of a guest, and when a user stepped up', async () => {
    expect(await verifier.verify(mint.sign(claims({ acr: '0', roles: ['guest'] })))).toMatchObject({
      acr: 0,
    });
    const stepped = mint.sign(claims({ acr: '2', step_up_time: now / 1000 - 60 }));
    expect(await verifier.verify(stepped)).toMatchObject({ acr: 2, steppedUpAt: now - 60_000 });
  });

  it.each([String(1_800_000_000), null, 0])('takes no token with a step-up time of %j', async (time) => {
    expect(await verifier.verify(mint.sign(claims({ step_up_time: time })))).toBeUndefined();
  });

  it('takes no token of more than 8 KiB, and asks for no key for it', async () => {
    expect(await verifier.verify(mint.sign(claims({ filler: 'x'.repeat(8192) })))).toBeUndefined();
    expect(asked).toEqual([]);
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

const dot = '.';

describe('AccessTokenVerifier, a signature', () => {
  it('takes one spelling of a signature, and asks for no key for the fifteen others', async () => {
    const token = mint.sign(claims());
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
});
