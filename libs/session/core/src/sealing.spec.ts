import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SEAL_BYTES, Sealing } from './sealing.js';

const secret = () => randomBytes(32).toString('base64url');
const [now, before] = [secret(), secret()];
const sealing = new Sealing({ secret: now, previous: [before] });
const clear = Buffer.from('what nobody may read');

it('opens what it sealed, bound to the same, and adds as many bytes as it says', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (bytes, boundTo) => {
      const sealed = sealing.seal(boundTo, bytes);
      expect(sealed).toHaveLength(bytes.length + SEAL_BYTES);
      expect(sealing.open(boundTo, sealed)).toEqual({ state: 'open', clear: Buffer.from(bytes) });
    }),
  );
});

it('G13: opens nothing that was changed in any byte, cut, or bound to something else', () => {
  const sealed = sealing.seal('record a', clear);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(sealing.open('record a', changed).state).toBe(at < 4 ? 'unknown-key' : 'broken');
    expect(sealing.open('record a', sealed.subarray(0, at)).state).not.toBe('open');
  }
  expect(sealing.open('record b', sealed)).toEqual({ state: 'broken' });
});

it('G12: opens what the secrets before have sealed, seals with the new one, and tells them apart', () => {
  const old = new Sealing({ secret: before });
  const sealed = old.seal('record a', clear);
  expect(sealing.open('record a', sealed)).toEqual({ state: 'open', clear });
  expect(sealing.isCurrent(sealed)).toBe(false);
  expect(sealing.isCurrent(sealing.seal('record a', clear))).toBe(true);
});

it('names the key that it does not have, and shows no secret', () => {
  const stranger = new Sealing({ secret: secret() });
  const sealed = stranger.seal('record a', clear);
  expect(sealing.open('record a', sealed)).toEqual({
    state: 'unknown-key',
    keyId: stranger.activeKeyId,
  });
  expect(stranger.activeKeyId).toMatch(/^[0-9a-f]{8}$/);
  expect(() => new Sealing({ secret: 'short' })).toThrow(TypeError);
  expect(() => new Sealing({ secret: now, previous: ['short'] })).toThrow(/at least 32 bytes/);
});

it('seals the same twice into two texts', () => {
  expect(sealing.seal('a', clear)).not.toEqual(sealing.seal('a', clear));
});
