import { asc, eq, isNull, lt, sql } from 'drizzle-orm';
import { noteIn } from '../audit/outbox.js';
import type { Database, Transaction } from '../db/database.js';
import { signingKeys } from '../db/schema.js';
import type { KeySeal } from './key-seal.js';
import { isPending, signingAt, type KeyTimes } from './key-times.js';
import { newPrivateJwk, signingKeyOf, type SigningKey } from './signing-key.js';

/** Any constant: all instances take the same lock before they make a key. */
const NEW_KEY_LOCK = 0x68_66_6b_31;

/** A key and when it does what. */
export interface TimedKey extends KeyTimes {
  readonly key: SigningKey;
}

/** All keys that there are, oldest first, and what the database's clock said. */
export interface LoadedKeys {
  readonly keys: readonly TimedKey[];
  readonly nowAt: number;
}

/** The next key and the one that it takes over from. */
export interface Rotation {
  readonly kid: string;
  readonly signsFromAt: number;
  readonly previousKid: string;
  /** `false`: it had been made before and is waited for. */
  readonly isNew: boolean;
}

/** When keys come and go. */
export interface RotationTimes {
  /** From publication until the first signature. */
  readonly leadMs: number;
  /** From the last signature until nobody has to verify with the key any more. */
  readonly keepMs: number;
}

type Row = typeof signingKeys.$inferSelect;

/** The signing keys in Postgres; private parts only sealed. All times are those of the database's clock. */
export class SigningKeyStore {
  /** Opening a sealed key costs more than all the rest of reading it, and keys are read every few seconds. */
  private readonly opened = new Map<string, SigningKey>();

  constructor(
    private readonly database: Database,
    private readonly seal: KeySeal,
  ) {}

  /** Reads all keys; makes the first one if there is none that signs. Instances that start at once agree on it. */
  async loadOrCreate(): Promise<LoadedKeys> {
    const loaded = await this.load();
    if (loaded.keys.some(({ retiredAt }) => retiredAt === undefined)) return loaded;
    await this.locked((transaction) => this.createFirst(transaction));
    return this.load();
  }

  /**
   * Makes the next key, which signs after the lead, and deletes what is out of use. While one waits to sign that is
   * the answer, whoever asks: a repeat changes nothing.
   *
   * @param olderThanMs - leaves a key alone that has signed for less: `undefined` then
   */
  rotate({ leadMs, keepMs }: RotationTimes, olderThanMs: number): Promise<Rotation | undefined> {
    return this.locked(async (transaction) => {
      await this.createFirst(transaction);
      const now = await clockOf(transaction);
      const rows = await transaction.select().from(signingKeys);
      const keys = rows.map((row) => ({ kid: row.kid, ...timesOf(row) }));
      const current = signingAt(keys, now.getTime());
      if (current === undefined) throw new Error('There is no signing key to take over from');
      const previousKid = current.kid;
      const pending = keys.find((key) => isPending(key, now.getTime()));
      if (pending) return { ...pending, previousKid, isNew: false };
      if (now.getTime() < current.signsFromAt + olderThanMs) return undefined;
      const signsFrom = new Date(now.getTime() + leadMs);
      await transaction
        .update(signingKeys)
        .set({ retiredAt: signsFrom })
        .where(eq(signingKeys.kid, current.kid));
      await transaction
        .delete(signingKeys)
        .where(lt(signingKeys.retiredAt, new Date(now.getTime() - keepMs)));
      const kid = await this.insert(transaction, signsFrom);
      await noteIn(transaction, { type: 'keys-rotated', detail: { kid, previousKid } });
      return { kid, signsFromAt: signsFrom.getTime(), previousKid, isNew: true };
    });
  }

  private async load(): Promise<LoadedKeys> {
    const { orm } = this.database;
    const rows = await orm
      .select({ row: signingKeys, now: sql`clock_timestamp()`.mapWith(signingKeys.signsFrom) })
      .from(signingKeys)
      .orderBy(asc(signingKeys.signsFrom));
    const keys = rows.map(({ row }) => ({ key: this.open(row), ...timesOf(row) }));
    for (const kid of this.opened.keys())
      if (!rows.some(({ row }) => row.kid === kid)) this.opened.delete(kid);
    return { keys, nowAt: rows[0]?.now.getTime() ?? 0 };
  }

  private open({ kid, sealedPrivateJwk }: Row): SigningKey {
    const key = this.opened.get(kid) ?? signingKeyOf(this.seal.open(kid, sealedPrivateJwk));
    if (key.kid !== kid) throw new Error(`The signing key ${kid} is not the key that its id names`);
    this.opened.set(kid, key);
    return key;
  }

  private locked<T>(task: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(async (transaction) => {
      await transaction.execute(sql`SELECT pg_advisory_xact_lock(${NEW_KEY_LOCK})`);
      return task(transaction);
    });
  }

  /** There is nobody yet who could know an older key: it signs at once. */
  private async createFirst(transaction: Transaction): Promise<void> {
    const active = await transaction.select().from(signingKeys).where(isNull(signingKeys.retiredAt)).limit(1);
    if (active.length === 0) await this.insert(transaction, await clockOf(transaction));
  }

  private async insert(transaction: Transaction, signsFrom: Date): Promise<string> {
    const privateJwk = newPrivateJwk();
    const { kid } = signingKeyOf(privateJwk);
    const sealedPrivateJwk = this.seal.seal(kid, privateJwk);
    await transaction.insert(signingKeys).values({ kid, sealedPrivateJwk, signsFrom });
    return kid;
  }
}

/** Not `now()`, which is from before the lock was waited for. */
async function clockOf(transaction: Transaction): Promise<Date> {
  const { rows } = await transaction.execute<{ at: string }>(
    sql`SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at`,
  );
  return new Date(Number(rows[0]?.at));
}

function timesOf({ signsFrom, retiredAt }: Row): KeyTimes {
  return { signsFromAt: signsFrom.getTime(), ...(retiredAt && { retiredAt: retiredAt.getTime() }) };
}
