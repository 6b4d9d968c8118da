import { describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { BoundedLane } from './bounded-lane.js';
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

  it.each([
    ['less memory', { memoryCost: 8_192, timeCost: 2, parallelism: 1 }],
    ['fewer passes', { memoryCost: 19_456, timeCost: 1, parallelism: 1 }],
    ['more lanes', { memoryCost: 19_456, timeCost: 2, parallelism: 2 }],
  ])('accepts a hash that was made with %s, and wants it made anew', async (_what, parameters) => {
    const made = await hash('correct horse battery', parameters);
    expect(await passwords.verify(made, 'correct horse battery')).toBe(true);
    expect(passwords.needsRehash(made)).toBe(true);
    expect(passwords.needsRehash(await passwords.hash('correct horse battery'))).toBe(false);
  });

  it('says with the member’s path why it refuses a new password', () => {
    const check = (password: string) => () => passwords.check(password, 'ada@example.test', 'newPassword');
    expect(check('correct horse battery')).not.toThrow();
    expect(check('password1234')).toThrow(
      expect.objectContaining({
        code: 'ERR_VALIDATION',
        extensions: { errors: [{ path: 'newPassword', message: expect.stringMatching(/common/) }] },
      }),
    );
  });

  it('hashes no more at once than its lane is wide, unknown accounts included, and refuses what it cannot queue', async () => {
    const narrow = await Passwords.create(new BoundedLane(1, 2));
    const burst = Array.from({ length: 8 }, (_, n) =>
      n % 2 ? narrow.hash('correct horse battery') : narrow.verify(undefined, 'correct horse battery'),
    );
    const outcomes = await Promise.allSettled(burst);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'ERR_OVERLOADED' } });
    // What was refused left nothing behind: the lane is free.
    await expect(narrow.verify(undefined, 'correct horse battery')).resolves.toBe(false);
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
