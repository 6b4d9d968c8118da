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
    const burst = Array.from({ length: 12 }, () => passwords.hash('correct horse battery'));
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    await Promise.all(burst);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(12);
  });
});
