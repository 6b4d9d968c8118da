import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { AccountStore, type Account } from '../accounts/account-store.js';
import { recoveryCodes, users } from '../db/schema.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { SecondFactorStore } from './second-factor-store.js';
import { SecondFactor } from './second-factor.js';

const STEP_MS = 30_000;
const clock = { at: Date.UTC(2026, 10, 21, 9, 30), now: () => clock.at };
const secret = randomBytes(32).toString('base64url');

let db: AuthDatabase;
let accounts: AccountStore;
/** Two instances. */
let factors: readonly [SecondFactor, SecondFactor];
let id: string;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  accounts = new AccountStore(db.database);
  const instance = () => new SecondFactor(new SecondFactorStore(db.database), secret, clock);
  factors = [instance(), instance()];
});
afterAll(() => db.drop());
beforeEach(async () => {
  const form = {
    email: `${randomUUID()}@example.test`,
    passwordHash: '',
    roles: ['user'],
    displayName: 'Ada',
  };
  id = (await accounts.open(form))?.id ?? '';
});

const codeAt = (key: string, now = clock.at) =>
  new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: now });

async function account(): Promise<Account> {
  const found = await accounts.findById(id);
  if (found === undefined) throw new Error('no account');
  return found;
}

/** Turns the second factor on; its first step is used by that, and time goes on. */
async function enabled() {
  const { secret: key } = await factors[0].begin(await account());
  const codes = (await factors[0].confirm(await account(), codeAt(key))) ?? [];
  clock.at += 2 * STEP_MS;
  return { key, codes };
}

const verify = async (code: string | undefined, n: 0 | 1 = 0) => factors[n].verify(await account(), code);
const outcomes = async (attempts: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(attempts)).map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : 'no',
  );

const unreadable = { code: 'ERR_INTERNAL', detail: expect.stringMatching(/administrator/) };

describe('SecondFactor', () => {
  it('does not count before it is confirmed', async () => {
    expect(await verify(undefined)).toBe('not-enabled');
    const { secret: key } = await factors[0].begin(await account());
    expect(await verify(undefined)).toBe('not-enabled');
    expect(await verify(codeAt(key))).toBe('not-enabled');
  });

  it('counts once a code of it is confirmed: without a code none gets in, with one it does', async () => {
    const { key } = await enabled();
    expect(await verify(undefined)).toBe('missing');
    expect(await verify('000000')).toBe('wrong');
    expect(await verify(codeAt(key))).toBe('ok');
  });

  it('the code that confirmed it opens nothing more', async () => {
    const { secret: key } = await factors[0].begin(await account());
    await factors[0].confirm(await account(), codeAt(key));
    expect(await verify(codeAt(key))).toBe('wrong');
  });

  it('takes the code of the step before or after, each step once, and none before the last one taken', async () => {
    const { key } = await enabled();
    const codes = [-2, -1, 0, 1, 2].map((delta) => codeAt(key, clock.at + delta * STEP_MS));
    expect(await verify(codes[0])).toBe('wrong');
    expect(await verify(codes[4])).toBe('wrong');
    expect(await verify(codes[2])).toBe('ok');
    expect(await verify(codes[2])).toBe('wrong');
    expect(await verify(codes[1])).toBe('wrong');
    expect(await verify(codes[3])).toBe('ok');
  });

  it('takes it with the blank that apps show in the middle', async () => {
    const { key } = await enabled();
    expect(await verify(codeAt(key).replace(/^.../, '$& '))).toBe('ok');
  });

  it('takes one of many parallel attempts with one code, on two instances', async () => {
    const { key } = await enabled();
    const shown = await account();
    const attempts = Array.from({ length: 12 }, (_, n) => factors[n % 2 ? 1 : 0].verify(shown, codeAt(key)));
    expect((await Promise.all(attempts)).sort()).toEqual(
      ['ok', ...Array.from({ length: 11 }, () => 'wrong')].sort(),
    );
  });

  it('takes each recovery code once, also of many parallel attempts on two instances', async () => {
    const { codes } = await enabled();
    expect(codes).toHaveLength(10);
    const shown = await account();
    const attempts = Array.from({ length: 12 }, (_, n) => factors[n % 2 ? 1 : 0].verify(shown, codes[0]));
    expect((await Promise.all(attempts)).filter((verdict) => verdict === 'ok')).toHaveLength(1);
    for (const code of codes.slice(1)) expect(await verify(code)).toBe('ok');
    for (const code of codes) expect(await verify(code)).toBe('wrong');
  });

  it('takes neither code nor recovery code of somebody else', async () => {
    const { codes, key } = await enabled();
    const form = { email: `${randomUUID()}@example.test`, passwordHash: '', roles: [], displayName: 'Eve' };
    id = (await accounts.open(form))?.id ?? '';
    await enabled();
    expect(await verify(codes[0])).toBe('wrong');
    expect(await verify(codeAt(key))).toBe('wrong');
  });

  it('a sealed key that is moved to another account opens nothing there', async () => {
    await enabled();
    const stolen = await account();
    const form = { email: `${randomUUID()}@example.test`, passwordHash: '', roles: [], displayName: 'Eve' };
    const eve = (await accounts.open(form))?.id ?? '';
    await expect(factors[0].verify({ ...stolen, id: eve }, '000000')).rejects.toMatchObject(unreadable);
  });

  it('is judged by no instance that has another ACCOUNT_SECRET: neither by its codes nor by recovery codes', async () => {
    const { key, codes } = await enabled();
    const other = randomBytes(32).toString('base64url');
    const stranger = new SecondFactor(new SecondFactorStore(db.database), other, clock);
    for (const code of [codeAt(key), '000000', codes[0]]) {
      await expect(stranger.verify(await account(), code)).rejects.toMatchObject(unreadable);
    }
    expect(await stranger.verify(await account(), undefined)).toBe('missing');
    expect(await verify(codes[0])).toBe('ok');
  });

  it('keeps neither key nor recovery codes in the clear', async () => {
    const { key, codes } = await enabled();
    const rows = await db.database.orm.select().from(recoveryCodes).where(eq(recoveryCodes.userId, id));
    const stored = JSON.stringify([await account(), rows]);
    for (const clear of [key, ...codes, ...codes.map((code) => code.replaceAll('-', ''))]) {
      expect(stored).not.toContain(clear);
    }
  });

  it('begins anew as often as wanted until it is confirmed; only the last key is good', async () => {
    const first = await factors[0].begin(await account());
    const second = await factors[1].begin(await account());
    expect(await factors[0].confirm(await account(), codeAt(first.secret))).toBeUndefined();
    expect(await factors[0].confirm(await account(), codeAt(second.secret))).toHaveLength(10);
  });

  it('is confirmed once of many parallel attempts, whose recovery codes are the ones', async () => {
    const { secret: key } = await factors[0].begin(await account());
    const shown = await account();
    const confirms = Array.from({ length: 6 }, (_, n) => factors[n % 2 ? 1 : 0].confirm(shown, codeAt(key)));
    const answered = (await outcomes(confirms)).filter((outcome) => outcome !== 'no') as string[][];
    expect(answered).toHaveLength(1);
    for (const code of answered[0] ?? []) expect(await verify(code)).toBe('ok');
  });

  it('refuses to begin or confirm again what is on, and codes for what is off', async () => {
    await expect(factors[0].renewRecoveryCodes(id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await expect(factors[0].confirm(await account(), '000000')).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
    const { key } = await enabled();
    await expect(factors[0].begin(await account())).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await expect(factors[0].confirm(await account(), codeAt(key))).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
    expect(await verify(codeAt(key))).toBe('ok');
  });

  it('new recovery codes void the old ones; of parallel renewals one’s are good', async () => {
    const { codes } = await enabled();
    const renewed = await Promise.all([factors[0].renewRecoveryCodes(id), factors[1].renewRecoveryCodes(id)]);
    expect(await verify(codes[0])).toBe('wrong');
    const rows = await db.database.orm.select().from(recoveryCodes).where(eq(recoveryCodes.userId, id));
    expect(rows).toHaveLength(10);
    const verdicts = [await verify(renewed[0][0]), await verify(renewed[1][0])];
    expect(verdicts.sort()).toEqual(['ok', 'wrong']);
  });

  it('is taken off with all of its codes, begun or on; a repeat finds nothing', async () => {
    const { codes } = await enabled();
    expect(await factors[0].remove(id)).toBe(true);
    expect(await factors[0].remove(id)).toBe(false);
    expect(await verify(codes[0])).toBe('not-enabled');
    expect(await account()).toMatchObject({ totpSealed: null, totpConfirmedAt: null, totpLastStep: null });
    const rows = await db.database.orm.select().from(recoveryCodes).where(eq(recoveryCodes.userId, id));
    expect(rows).toEqual([]);
    await factors[0].begin(await account());
    expect(await factors[0].remove(id)).toBe(true);
  });

  it('takes no code of a key that was taken off while it was judged', async () => {
    const { key } = await enabled();
    const shown = await account();
    await factors[0].remove(id);
    expect(await factors[0].verify(shown, codeAt(key))).toBe('wrong');
    await db.database.orm.delete(users).where(eq(users.id, id));
    expect(await factors[0].verify(shown, codeAt(key))).toBe('wrong');
  });
});
