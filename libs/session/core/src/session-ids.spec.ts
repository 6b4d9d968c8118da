import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COMPACT_ID_BYTES, SessionIds } from './session-ids.js';
import { SessionKeys } from './session-keys.js';

const secret = () => randomBytes(32).toString('base64url');
const keys = SessionKeys.fromSecret(secret());
const ids = new SessionIds(keys);

describe('session keys', () => {
  it.each(['', 'short', 'not base64url!'.repeat(4), randomBytes(31).toString('base64url'), `${secret()}=`])(
    'refuses %p as a secret and does not show it',
    (weak) => {
      expect(() => SessionKeys.fromSecret(weak)).toThrow(/must be base64url of at least 32 bytes/);
      expect(() => SessionKeys.fromSecret(weak)).toThrow(TypeError);
    },
  );

  it('shows nothing of the keys when it is logged', () => {
    expect(inspect(keys, { depth: 9, showHidden: true })).not.toMatch(/Buffer|subkeys/);
    expect(JSON.stringify(keys)).toBe('{}');
  });

  it('hashes differently for each purpose', () => {
    const hashes = (['id-mac', 'user-tag', 'record-name'] as const).map((purpose) =>
      keys.hash(purpose, 'x', 16),
    );
    expect(new Set(hashes.map(String)).size).toBe(3);
  });
});

describe('session ids', () => {
  it('parses what it minted, in every process with the same secret', () => {
    const shared = secret();
    const [here, there] = [1, 2].map((cell) => new SessionIds(SessionKeys.fromSecret(shared), cell));
    const id = here?.mint('ada') ?? '';
    expect(there?.parse(id)).toEqual(here?.parse(id));
    expect(here?.parse(id)).toMatchObject({ userTag: here?.userTag('ada') });
  });

  it('never mints the same id twice and gives each its own name', () => {
    const minted = Array.from({ length: 1_000 }, () => ids.mint('ada'));
    expect(new Set(minted).size).toBe(1_000);
    expect(new Set(minted.map((id) => ids.parse(id)?.name)).size).toBe(1_000);
  });

  it('gets an id back from its user’s tag and what compact leaves of it, whoever the user and whichever the cell', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 255 }), (userId, cell) => {
        const minting = new SessionIds(keys, cell);
        const id = minting.mint(userId);
        const compact = ids.compact(id);
        expect(compact).toHaveLength(COMPACT_ID_BYTES);
        expect(ids.expand(ids.userTag(userId), compact)).toBe(id);
        expect(ids.parse(ids.expand(ids.userTag(`${userId}.`), compact))).not.toEqual(ids.parse(id));
      }),
    );
    expect(() => ids.compact('nonsense')).toThrow(TypeError);
  });

  it('puts all sessions of a user under one tag and says nothing of the user in it', () => {
    expect(ids.parse(ids.mint('ada'))?.userTag).toBe(ids.parse(ids.mint('ada'))?.userTag);
    expect(ids.parse(ids.mint('bob'))?.userTag).not.toBe(ids.userTag('ada'));
    expect(Buffer.from(ids.mint('ada'), 'base64url').toString('latin1')).not.toContain('ada');
  });

  it('names a session in the store by nothing that is in its id', () => {
    const id = ids.mint('ada');
    expect(id).not.toContain(ids.parse(id)?.name);
  });

  it('G16: refuses an id with any one bit changed', () => {
    const bytes = Buffer.from(ids.mint('ada'), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(ids.parse(forged.toString('base64url'))).toBeUndefined();
    }
  });

  it('answers the same for an id that it has seen and for one that it has forgotten', () => {
    const id = ids.mint('ada');
    const first = ids.parse(id);
    expect(ids.parse(id)).toEqual(first);
    for (let i = 0; i < 10_001; i += 1) ids.parse(ids.mint('ada'));
    expect(ids.parse(id)).toEqual(first);
  });

  it('G16: refuses ids of other keys and everything that is no id', () => {
    const id = ids.mint('ada');
    const foreign = new SessionIds(SessionKeys.fromSecret(secret())).mint('ada');
    const notText = { toString: () => id } as unknown as string;
    for (const bad of [
      foreign,
      '',
      'x',
      `${id}A`,
      id.slice(1),
      ` ${id.slice(1)}`,
      `${id}\n`,
      `${id.slice(0, 63)}=`,
      notText,
    ]) {
      expect(ids.parse(bad)).toBeUndefined();
    }
  });

  it.each([-1, 256, 1.5, NaN])('refuses %d as a cell', (cell) => {
    expect(() => new SessionIds(keys, cell)).toThrow(TypeError);
  });
});
