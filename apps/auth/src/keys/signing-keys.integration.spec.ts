import { randomBytes } from 'node:crypto';
import { KeysUnavailableError } from '@holdfast/session-nest';
import { createPool } from '@holdfast/postgres';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { Database } from '../db/database.js';
import { signingKeys } from '../db/schema.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { linkServer, type ServerLink } from '../testing/server-link.js';
import { KeyRotation } from './key-rotation.js';
import { KeySeal } from './key-seal.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

const times = { leadMs: 35_000, keepMs: 600_000 };
const day = 86_400_000;
const seal = KeySeal.fromSecret(randomBytes(32).toString('base64url'));
/** Real time that passes besides. */
const SLACK_MS = 10_000;
let db: AuthDatabase;
let link: ServerLink;
let farPool: Pool;
/** What the instances' clocks are ahead of the real one. */
let ahead: number;

beforeAll(async () => {
  Logger.overrideLogger(false);
  db = await createAuthDatabase(process.env);
  link = await linkServer(db.url);
  farPool = createPool(link.url);
});
afterAll(async () => {
  await farPool.end();
  await link.close();
  await db.drop();
});
beforeEach(async () => {
  link.heal();
  ahead = 0;
  await db.database.orm.delete(signingKeys);
});

const start = (database = db.database, clock = { now: () => Date.now() + ahead }) =>
  SigningKeys.load(new SigningKeyStore(database, seal), times, clock);
const kids = (keys: SigningKeys) => keys.jwks().keys.map(({ kid }) => kid);
const rows = () => db.database.orm.select().from(signingKeys);
/** Makes all keys older, as days that pass do. */
const age = (ms: number) =>
  db.pool.query(
    `UPDATE signing_keys SET signs_from = signs_from - $1 * interval '1 ms', retired_at = retired_at - $1 * interval '1 ms'`,
    [ms],
  );

describe('SigningKeys', () => {
  it('G12: publishes the next key at once and signs with it only after the lead', async () => {
    const keys = await start();
    const before = keys.active.kid;
    const rotation = await keys.rotate(0);
    expect(rotation).toMatchObject({ previousKid: before, isNew: true });
    expect(kids(keys)).toEqual([before, rotation?.kid]);
    expect(keys.active.kid).toBe(before);
    ahead = times.leadMs - SLACK_MS;
    expect(keys.active.kid).toBe(before);
    ahead = times.leadMs + SLACK_MS;
    expect(keys.active.kid).toBe(rotation?.kid);
    expect(kids(keys)).toEqual([before, rotation?.kid]);
  });

  it('G12: makes instances agree who signs, though one has a clock of its own and one has lost Postgres', async () => {
    const hour = 3_600_000;
    const far = new Database(farPool);
    const [one, fast, cut] = await Promise.all([
      start(),
      start(db.database, { now: () => Date.now() + ahead + hour }),
      start(far),
    ]);
    const rotation = await one.rotate(0);
    await Promise.all([fast.reload(), cut.reload()]);
    link.cut();
    await expect(cut.reload()).rejects.toThrow();
    for (const [later, kid] of [
      [0, rotation?.previousKid],
      [times.leadMs - SLACK_MS, rotation?.previousKid],
      [times.leadMs + SLACK_MS, rotation?.kid],
    ] as const) {
      ahead = later;
      expect([one, fast, cut].map(({ active }) => active.kid)).toEqual([kid, kid, kid]);
    }
  });

  it('answers a repeat, on whatever instance, with the key that waits already', async () => {
    const instances = await Promise.all([start(), start(), start()]);
    const rotations = await Promise.all([...instances, ...instances].map((keys) => keys.rotate(0)));
    expect(new Set(rotations.map((rotation) => `${rotation?.kid} ${rotation?.signsFromAt}`)).size).toBe(1);
    expect(new Set(rotations.map((rotation) => rotation?.previousKid)).size).toBe(1);
    expect(rotations.filter((rotation) => rotation?.isNew)).toHaveLength(1);
    expect(await rows()).toHaveLength(2);
  });

  it('lets a retired key go on time, by the database’s clock, and forgets it at the next rotation', async () => {
    const keys = await start();
    const first = keys.active.kid;
    const rotation = await keys.rotate(0);
    ahead = times.leadMs + times.keepMs - SLACK_MS;
    expect(kids(keys)).toEqual([first, rotation?.kid]);
    expect(await keys.getKey(first)).toBeDefined();
    ahead = times.leadMs + times.keepMs + SLACK_MS;
    expect(kids(keys)).toEqual([rotation?.kid]);
    ahead = 0;
    await age(times.leadMs + times.keepMs + SLACK_MS);
    await keys.reload();
    expect(await keys.getKey(first)).toBeUndefined();
    expect(kids(keys)).toEqual([rotation?.kid]);
    const next = await keys.rotate(0);
    expect((await rows()).map(({ kid }) => kid).sort()).toEqual([rotation?.kid, next?.kid].sort());
  });

  it('cannot judge an unknown key id once a key may have begun to sign that it could not read of', async () => {
    const keys = await start(new Database(farPool));
    const own = keys.active.kid;
    link.cut();
    const rotation = await (await start()).rotate(0);
    expect(await keys.getKey(rotation?.kid ?? '')).toBeUndefined();
    ahead = times.leadMs;
    await expect(keys.getKey(rotation?.kid ?? '')).rejects.toThrow(KeysUnavailableError);
    expect(await keys.getKey(own)).toBeDefined();
    expect(keys.active.kid).toBe(own);
    link.heal();
    expect(await keys.getKey(rotation?.kid ?? '')).toBeDefined();
    expect(await keys.getKey('nobody’s')).toBeUndefined();
  });

  it('rotates from a key that somebody retired by hand, and from none at all', async () => {
    const keys = await start();
    await db.database.orm.update(signingKeys).set({ retiredAt: new Date() });
    expect(await keys.rotate(0)).toMatchObject({ isNew: true });
    await db.database.orm.delete(signingKeys);
    expect(await keys.rotate(0)).toMatchObject({ isNew: true });
  });
});

describe('KeyRotation', () => {
  const rotationOf = (keys: SigningKeys, rotateAfterMs = day) =>
    new KeyRotation(keys, { intervalMs: 1_000, rotateAfterMs });

  it('replaces a key that is old enough, once, whoever notices', async () => {
    const instances = await Promise.all(Array.from({ length: 6 }, () => start()));
    await age(day);
    await Promise.all(instances.map((keys) => rotationOf(keys).keepUp()));
    await Promise.all(instances.map((keys) => rotationOf(keys).keepUp()));
    expect(await rows()).toHaveLength(2);
    expect(new Set(instances.map((keys) => kids(keys).join())).size).toBe(1);
  });

  it('leaves a younger key alone, and every key if it is to', async () => {
    const keys = await start();
    await age(day - 60_000);
    await rotationOf(keys).keepUp();
    await age(365 * day);
    await rotationOf(keys, 0).keepUp();
    expect(await rows()).toHaveLength(1);
  });

  it('learns of a key that another instance made', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    const rotation = await one.rotate(0);
    await rotationOf(other).keepUp();
    expect(kids(other)).toContain(rotation?.kid);
  });

  it('stops without waiting for its next turn', async () => {
    const rotation = rotationOf(await start());
    rotation.onApplicationBootstrap();
    await rotation.onModuleDestroy();
  });
});
