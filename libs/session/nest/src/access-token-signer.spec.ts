import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import type { LiveSession } from '@holdfast/session-core';
import { describe, expect, it } from '@jest/globals';
import { AccessTokenSigner } from './access-token-signer.js';
import { AccessTokenVerifier } from './access-token-verifier.js';

const NOW = 1_800_000_000_000;
const newKey = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const pem = (key = newKey()) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function session(changes: Partial<LiveSession['record']> = {}): LiveSession {
  const times = { authTimeAt: NOW - 5_000, createdAt: NOW - 5_000, expiresAt: NOW + 3_600_000 };
  const who = { sessionId: 's1', userId: 'u1', roles: ['user', 'admin'], acr: 2 };
  return { record: { ...times, ...who, ...changes } } as LiveSession;
}

const signerOf = (key: ConstructorParameters<typeof AccessTokenSigner>[0]['key'], more = {}) =>
  new AccessTokenSigner({ issuer: 'https://a.test', audience: 'a', key, clock: { now: () => NOW }, ...more });
const verifierOf = (signer: AccessTokenSigner, now = NOW) =>
  new AccessTokenVerifier({
    issuer: signer.issuer,
    audience: signer.audience,
    keys: signer.keys,
    clock: { now: () => now },
  });

describe('AccessTokenSigner', () => {
  it('signs what the verifier takes, and says who, which session and how', async () => {
    const signer = signerOf(pem());
    expect(await verifierOf(signer).verify(signer.sign(session({ steppedUpAt: NOW - 1_000 })))).toEqual({
      kind: 'session',
      userId: 'u1',
      sessionId: 's1',
      tokenId: expect.any(String),
      clientId: 'a',
      roles: ['user', 'admin'],
      acr: 2,
      authTimeAt: NOW - 5_000,
      steppedUpAt: NOW - 1_000,
      expiresAt: NOW + 300_000,
    });
  });

  it('signs for as long as it is told, and never for longer than the session may live', async () => {
    const signer = signerOf(newKey(), { ttlMs: 60_000, clientId: 'app' });
    const verify = (token: string) => verifierOf(signer).verify(token);
    expect(await verify(signer.sign(session()))).toMatchObject({ clientId: 'app', expiresAt: NOW + 60_000 });
    const short = signer.sign(session({ expiresAt: NOW + 10_000 }));
    expect(await verify(short)).toMatchObject({ expiresAt: NOW + 10_000 });
    expect(await verifierOf(signer, NOW + 16_000).verify(short)).toBeUndefined();
  });

  it('is understood by every process with the same key, and by nobody with another', async () => {
    const key = newKey();
    const token = signerOf(key).sign(session());
    expect(await verifierOf(signerOf(pem(key))).verify(token)).toBeDefined();
    expect(await verifierOf(signerOf(newKey())).verify(token)).toBeUndefined();
  });

  it('refuses a key of another kind, and shows none', () => {
    expect(() => signerOf(newKey('P-384'))).toThrow(TypeError);
    expect(() => signerOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)).toThrow(TypeError);
    expect(() => signerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)).toThrow(TypeError);
    expect(() => signerOf('')).toThrow('A signing key is a P-256 private key, or its PEM.');
  });

  it('keeps its key to itself when it is logged', () => {
    const text = pem();
    const secret = text.split('\n')[1] ?? '';
    expect(text).toContain(secret);
    expect(inspect(signerOf(text), { depth: 9, showHidden: true })).not.toContain(secret);
  });
});
