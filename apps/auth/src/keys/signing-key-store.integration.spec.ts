import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signingKeys } from '../db/schema.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { KeySeal } from './key-seal.js';
import { SigningKeyStore } from './signing-key-store.js';
import { newPrivateJwk } from './signing-key.js';
import { SigningKeys } from './signing-keys.js';

const seal = KeySeal.fromSecret(randomBytes(32).toString('base64url'));
let db: AuthDatabase;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database.orm.delete(signingKeys);
});

const times = { leadMs: 35_000, keepMs: 600_000 };
const load = () => SigningKeys.load(new SigningKeyStore(db.database, seal), times);

describe('SigningKeyStore', () => {
  it('makes one first key though many instances start at once', async () => {
    const rings = await Promise.all(Array.from({ length: 6 }, load));
    expect(new Set(rings.map(({ active }) => active.kid)).size).toBe(1);
    expect(await db.database.orm.select().from(signingKeys)).toHaveLength(1);
  });

  it('finds the same key at the next start', async () => {
    expect((await load()).active.kid).toBe((await load()).active.kid);
  });

  it('keeps the private part sealed: nothing of it is in the database', async () => {
    const { active } = await load();
    const { d = '' } = active.privateKey.export({ format: 'jwk' });
    expect(JSON.stringify(await db.database.orm.select().from(signingKeys))).not.toContain(d);
  });

  it('says which secret is wrong when it cannot open a key', async () => {
    await load();
    const other = KeySeal.fromSecret(randomBytes(32).toString('base64url'));
    await expect(new SigningKeyStore(db.database, other).loadOrCreate()).rejects.toThrow(
      /SIGNING_KEY_SECRET/,
    );
  });

  it('G16: publishes no key that is not the one its id names, whoever sealed it', async () => {
    const { active } = await load();
    const sealedPrivateJwk = seal.seal(active.kid, newPrivateJwk());
    await db.database.orm.update(signingKeys).set({ sealedPrivateJwk });
    await expect(load()).rejects.toThrow(/not the key that its id names/);
  });

  it('replaces a key at once that was retired by hand, and still verifies with it', async () => {
    const first = (await load()).active;
    await db.database.orm.update(signingKeys).set({ retiredAt: new Date() });
    const keys = await load();
    expect(keys.active.kid).not.toBe(first.kid);
    expect(await keys.getKey(first.kid)).toBeDefined();
    expect(await keys.getKey('unknown')).toBeUndefined();
    expect(keys.jwks().keys).toHaveLength(2);
  });
});
