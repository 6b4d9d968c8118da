import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { TokenMint } from './spec/token-mint.js';
import { TOKEN_VECTORS } from './spec/token-vectors.js';

const NOW_S = 1_800_000_000;
const ISSUER = 'http://gateway.test';
const clock = { now: () => NOW_S * 1_000 };
let mint: TokenMint;
let verifier: AccessTokenVerifier;

beforeEach(() => {
  mint = new TokenMint(ISSUER, 'holdfast', clock.now);
  const getKey = async (kid: string) => (kid === mint.kid ? mint.publicKey : undefined);
  verifier = new AccessTokenVerifier({ issuer: ISSUER, audience: 'holdfast', keys: { getKey }, clock });
});

/** What the vectors change is all that is wrong with them. */
describe('a token like them with nothing wrong', () => {
  it.each<[string, () => string]>([
    ['of a user', () => mint.sign(mint.userClaims('u1', 's1'))],
    ['of a service', () => mint.sign(mint.serviceClaims('auth'))],
    ['for several audiences', () => mint.sign(mint.userClaims('u1', 's1', { aud: ['a', 'holdfast'] }))],
    ['of the full media type', () => mint.sign(mint.userClaims('u1', 's1'), { typ: 'application/at+jwt' })],
    [
      'with header members that nobody knows',
      () => mint.sign(mint.userClaims('u1', 's1'), { jku: 'x', more: 1 }),
    ],
    ['that just begins', () => mint.sign(mint.userClaims('u1', 's1', { nbf: NOW_S }))],
  ])('is taken: one %s', async (_what, make) => {
    expect(await verifier.verify(make())).toBeDefined();
  });
});

describe('AccessTokenVerifier', () => {
  it.each(Object.entries(TOKEN_VECTORS))('refuses what breaks %s', async (_name, forge) => {
    expect(await verifier.verify(forge(mint, NOW_S))).toBeUndefined();
  });
});
