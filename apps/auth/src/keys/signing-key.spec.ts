import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { newPrivateJwk, signingKeyOf } from './signing-key.js';

describe('signingKeyOf', () => {
  it('names a key by its RFC 7638 thumbprint', async () => {
    const { kid, publicJwk } = signingKeyOf(newPrivateJwk());
    expect(kid).toBe(await calculateJwkThumbprint(publicJwk));
  });

  it('publishes no private member', () => {
    expect(Object.keys(signingKeyOf(newPrivateJwk()).publicJwk).sort()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
      'y',
    ]);
  });

  it('refuses another curve', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(() => signingKeyOf(privateKey.export({ format: 'jwk' }))).toThrow(TypeError);
  });
});
