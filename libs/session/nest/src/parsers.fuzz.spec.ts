import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FastifyRequest } from 'fastify';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { credentialOf } from './credential.js';
import { RemoteJwks, type JsonWebKeySet } from './remote-jwks.js';
import { TokenMint } from './spec/token-mint.js';

const now = 1_800_000_000_000;
const mint = new TokenMint('http://gateway.test', 'holdfast', () => now);
const genuine = mint.sign(mint.userClaims('u1', 's1'));
const clock = { now: () => now };
let verifier: AccessTokenVerifier;
beforeAll(() => {
  const keys = { getKey: async (kid: string) => (kid === mint.kid ? mint.publicKey : undefined) };
  verifier = new AccessTokenVerifier({ issuer: 'http://gateway.test', audience: 'holdfast', keys, clock });
});

const base64url = fc.string({ unit: fc.constantFrom(...'AZaz09-_=.+/ '), maxLength: 90 });
const segment = fc.oneof(
  base64url,
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
);
const compact = fc.array(segment, { maxLength: 5 }).map((segments) => segments.join('.'));
const members = fc.dictionary(
  fc.constantFrom(
    'sub',
    'sid',
    'jti',
    'client_id',
    'exp',
    'iat',
    'nbf',
    'acr',
    'roles',
    'auth_time',
    'scope',
    'aud',
    'iss',
    'step_up_time',
    '__proto__',
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.integer(),
    fc.constant(undefined),
    fc.constantFrom('internal', 'holdfast', now / 1000),
  ),
);

describe('AccessTokenVerifier, fed with anything', () => {
  it('takes nothing that we did not sign, and says so without an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), compact), async (text) => {
        expect(await verifier.verify(text)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a genuine token in one spelling only', async () => {
    const change = fc.tuple(fc.nat(genuine.length - 1), fc.constantFrom(...'AZaz09-_.= \n\u0000'));
    await fc.assert(
      fc.asyncProperty(change, async ([place, character]) => {
        const changed = genuine.slice(0, place) + character + genuine.slice(place + 1);
        expect((await verifier.verify(changed)) !== undefined).toBe(changed === genuine);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads of signed claims only those of the right types', async () => {
    const signed = fc.tuple(fc.boolean(), members);
    await fc.assert(
      fc.asyncProperty(signed, async ([isService, changes]) => {
        const base = isService ? mint.serviceClaims('auth', changes) : mint.userClaims('u1', 's1', changes);
        const claims = await verifier.verify(mint.sign(base));
        if (claims?.kind === 'session') {
          const { acr, roles, userId, sessionId, steppedUpAt = 0 } = claims;
          expect(Number.isSafeInteger(acr) && acr >= 0 && acr < 100).toBe(true);
          expect(roles.every((role) => typeof role === 'string' && role !== '')).toBe(true);
          expect([typeof userId, typeof sessionId]).toEqual(['string', 'string']);
          expect(Number.isSafeInteger(steppedUpAt)).toBe(true);
        }
        if (claims?.kind === 'service')
          expect(base).toMatchObject({ sub: claims.clientId, scope: 'internal' });
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('credentialOf, fed with anything', () => {
  it('never rejects, and asks for a session only with a token of ours', async () => {
    const manager = { resolveToken: () => Promise.reject(new Error('the store was asked')) };
    const value = fc.oneof(
      fc.string(),
      compact,
      compact.map((token) => `Bearer ${token}`),
    );
    const headers = fc.record({ authorization: value, cookie: fc.string() }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(headers, fc.dictionary(fc.string(), fc.string()), async (raw, query) => {
        const rawHeaders = Object.entries(raw).flat();
        const request = { raw: { headers: raw, rawHeaders }, query } as unknown as FastifyRequest;
        const { kind } = await credentialOf(request, { verifier, manager });
        expect(['none', 'ambiguous', 'refused']).toContain(kind);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('RemoteJwks, fed with anything', () => {
  it('takes it for a failure or for keys, never for a key of another kind', async () => {
    const key = fc.record(
      {
        kid: fc.oneof(fc.string(), fc.constant('k'), fc.jsonValue()),
        kty: fc.constantFrom('EC', 'RSA', 'oct', 'OKP'),
        crv: fc.constantFrom('P-256', 'P-384', 'Ed25519'),
        x: fc.oneof(fc.string(), fc.constant(mint.jwk.x), fc.jsonValue()),
        y: fc.oneof(fc.string(), fc.constant(mint.jwk.y), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.record({ keys: fc.array(key) })), async (set) => {
        const jwks = new RemoteJwks(async () => set as unknown as JsonWebKeySet, clock);
        const found = await jwks.getKey('k').catch((error: unknown) => error);
        if (found !== undefined && !(found instanceof Error))
          expect(found).toMatchObject({ asymmetricKeyType: 'ec', type: 'public' });
      }),
      { numRuns: 1_000 },
    );
  });
});
