import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KeySeal, SealBrokenError } from './key-seal.js';

const secret = () => randomBytes(32).toString('base64url');
const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'the private part' };

describe('KeySeal', () => {
  const seal = KeySeal.fromSecret(secret());

  it('opens what it sealed', () => {
    expect(seal.open('k1', seal.seal('k1', jwk))).toEqual(jwk);
  });

  it('leaves nothing of the key to read, and seals the same key differently each time', () => {
    const sealed = seal.seal('k1', jwk);
    expect(Buffer.from(sealed.slice(3), 'base64url').includes('private')).toBe(false);
    expect(seal.seal('k1', jwk)).not.toBe(sealed);
  });

  it('refuses a key under another kid', () => {
    expect(() => seal.open('k2', seal.seal('k1', jwk))).toThrow(SealBrokenError);
  });

  it('refuses another secret', () => {
    expect(() => KeySeal.fromSecret(secret()).open('k1', seal.seal('k1', jwk))).toThrow(/SIGNING_KEY_SECRET/);
  });

  it.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'v1.!!!', `v1.${'A'.repeat(80)}`])('refuses %j', (sealed) => {
    expect(() => seal.open('k1', sealed)).toThrow(SealBrokenError);
  });

  it('refuses a changed byte at any place', () => {
    const bytes = Buffer.from(seal.seal('k1', jwk).slice(3), 'base64url');
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(() => seal.open('k1', `v1.${changed.toString('base64url')}`)).toThrow(SealBrokenError);
    }
  });
});
