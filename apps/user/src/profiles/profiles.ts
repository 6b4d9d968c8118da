import { CodedError, type ProfileSeed, type UpdateMe } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Database } from '../db/database.js';
import { profiles } from '../db/schema.js';

/** A profile as it is kept. */
export type Profile = typeof profiles.$inferSelect;

/** The users' profiles. */
@Injectable()
export class Profiles {
  constructor(private readonly database: Database) {}

  /** @throws CodedError `ERR_NOT_FOUND` */
  async read(id: string): Promise<Profile> {
    const [profile] = await this.database.orm.select().from(profiles).where(eq(profiles.id, id));
    if (profile === undefined) throw new CodedError('ERR_NOT_FOUND', 'There is no such profile.');
    return profile;
  }

  /**
   * Makes the profile of an account; a repeat changes nothing, so that a late one does not undo what the user has
   * changed since. Only the e-mail follows the account.
   */
  async ensure(id: string, seed: ProfileSeed): Promise<Profile> {
    const changed = sql`${profiles.email} is distinct from excluded.email`;
    const [profile] = await this.database.orm
      .insert(profiles)
      .values({ id, ...seed })
      .onConflictDoUpdate({
        target: profiles.id,
        set: { email: seed.email, version: sql`${profiles.version} + (${changed})::int` },
      })
      .returning();
    if (profile === undefined) throw new Error('Postgres returned no row for an upsert.');
    return profile;
  }

  /** Of two changes to one version one wins. @throws CodedError `ERR_CONFLICT`, `ERR_NOT_FOUND` */
  async rename(id: string, { displayName, version }: UpdateMe): Promise<Profile> {
    const [profile] = await this.database.orm
      .update(profiles)
      .set({ displayName, version: version + 1 })
      .where(and(eq(profiles.id, id), eq(profiles.version, version)))
      .returning();
    if (profile) return profile;
    const current = await this.read(id);
    throw new CodedError('ERR_CONFLICT', `The profile is at version ${current.version}, not ${version}.`);
  }
}
