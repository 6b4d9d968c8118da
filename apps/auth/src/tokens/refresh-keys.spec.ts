import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { refreshKeys } from './refresh-keys.js';

const secret = () => randomBytes(32).toString('base64url');

describe('refreshKeys', () => {
  it('names the same secret alike on every instance and another one differently', () => {
    const [one, other] = [secret(), secret()];
    expect(refreshKeys(one)).toEqual(refreshKeys(one));
    expect(refreshKeys(one).activeKeyId).not.toBe(refreshKeys(other).activeKeyId);
  });

  it('has the active key in the ring and nothing of the secret in its id', () => {
    const one = secret();
    const { activeKeyId, keys } = refreshKeys(one);
    expect(keys).toEqual({ [activeKeyId]: one });
    expect(one).not.toContain(activeKeyId);
  });

  it('keeps the older secrets under their own ids, in whatever order', () => {
    const [one, two, current] = [secret(), secret(), secret()];
    const { activeKeyId, keys } = refreshKeys(current, [one, two]);
    expect(activeKeyId).toBe(refreshKeys(current).activeKeyId);
    expect(keys).toEqual({
      ...refreshKeys(one).keys,
      ...refreshKeys(two).keys,
      ...refreshKeys(current).keys,
    });
    expect(refreshKeys(current, [current])).toEqual(refreshKeys(current));
  });
});
