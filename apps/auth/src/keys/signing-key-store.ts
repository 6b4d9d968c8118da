import { asc, isNull, sql } from 'drizzle-orm';
import type { Database } from '../db/database.js';
import { signingKeys } from '../db/schema.js';
import type { KeySeal } from './key-seal.js';
import { newPrivateJwk, signingKeyOf, type SigningKey } from './signing-key.js';

/** Any constant: all instances take the same lock before they look for the first key. */
const FIRST_KEY_LOCK = 0x68_66_6b_31;

/** All keys of the platform and the one that signs. */
export interface KeyRing {
  readonly active: SigningKey;
  readonly byKid: ReadonlyMap<string, SigningKey>;
}

/** The signing keys in Postgres; private parts only sealed. */
export class SigningKeyStore {
  constructor(
    private readonly database: Database,
    private readonly seal: KeySeal,
  ) {}

  /** Reads all keys; makes the first one if there is none that signs. Instances that start at once agree on it. */
  async loadOrCreate(): Promise<KeyRing> {
    await this.createFirst();
    const rows = await this.database.orm.select().from(signingKeys).orderBy(asc(signingKeys.createdAt));
    const keys = rows.map((row) => ({ key: this.open(row.kid, row.sealedPrivateJwk), row }));
    const active = keys.filter(({ row }) => row.retiredAt === null).at(-1)?.key;
    if (active === undefined) throw new Error('No signing key is active');
    return { active, byKid: new Map(keys.map(({ key }) => [key.kid, key])) };
  }

  private open(kid: string, sealed: string): SigningKey {
    const key = signingKeyOf(this.seal.open(kid, sealed));
    if (key.kid !== kid) throw new Error(`The signing key ${kid} is not the key that its id names`);
    return key;
  }

  private async createFirst(): Promise<void> {
    await this.database.orm.transaction(async (transaction) => {
      await transaction.execute(sql`SELECT pg_advisory_xact_lock(${FIRST_KEY_LOCK})`);
      const active = await transaction
        .select()
        .from(signingKeys)
        .where(isNull(signingKeys.retiredAt))
        .limit(1);
      if (active.length > 0) return;
      const privateJwk = newPrivateJwk();
      const { kid } = signingKeyOf(privateJwk);
      const sealedPrivateJwk = this.seal.seal(kid, privateJwk);
      await transaction.insert(signingKeys).values({ kid, sealedPrivateJwk });
    });
  }
}
