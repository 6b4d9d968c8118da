import { describe, expect, it } from '@jest/globals';
import { Passwords } from './passwords.js';

const passwords = await Passwords.create();

describe('Passwords', () => {
  it('hashes with argon2id and the parameters of OWASP', async () => {
    expect(await passwords.hash('correct horse battery')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('salts: the same password hashes differently each time', async () => {
    expect(await passwords.hash('correct horse battery')).not.toBe(
      await passwords.hash('correct horse battery'),
    );
  });

  it('accepts the password and no other, whatever the keyboard composed', async () => {
    const made = await passwords.hash('caf\u00e9 au lait, svp');
    expect(await passwords.verify(made, 'cafe\u0301 au lait, svp')).toBe(true);
    expect(await passwords.verify(made, 'cafe au lait, svp')).toBe(false);
  });

  it('accepts nothing for an account that is not there', async () => {
    expect(await passwords.verify(undefined, 'anything at all')).toBe(false);
  });

  it('leaves the event loop free during a burst', async () => {
    let hashed = 0;
    const burst = Array.from({ length: 12 }, () =>
      passwords.hash('correct horse battery').then(() => (hashed += 1)),
    );
    // A turn of the event loop comes before any of them is done: hashing here would end all of them first.
    await new Promise((resolve) => setImmediate(resolve));
    expect(hashed).toBeLessThan(12);
    await Promise.all(burst);
    expect(hashed).toBe(12);
  });
});
