import {
  badCursor,
  CodedError,
  cursorOf,
  idOfCursor,
  type PageQuery,
  type ProfileSeed,
  type UpdateMe,
} from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { and, desc, eq, sql } from 'drizzle-orm';
import { Database } from '../db/database.js';
import { profiles } from '../db/schema.js';

/** A profile as it is kept. */
export type Profile = typeof profiles.$inferSelect;

/** Some profiles, and where the next ones begin; `null` after the last. */
export interface ProfilePage {
  readonly profiles: readonly Profile[];
  readonly nextCursor: string | null;
}

/** What is answered for a profile that is not there, or not for the one who asks: nobody can tell which. */
export function noSuchProfile(): CodedError {
  return new CodedError('ERR_NOT_FOUND', 'There is no such profile.');
}

/** The users' profiles. */
@Injectable()
export class Profiles {
  constructor(private readonly database: Database) {}

  /** @throws CodedError `ERR_NOT_FOUND` */
  async read(id: string): Promise<Profile> {
    const profile = await this.#find(id);
    if (profile === undefined) throw noSuchProfile();
    return profile;
  }

  /** Newest first. Profiles that are made while somebody turns pages shift nothing. */
  async page({ limit, cursor }: PageQuery): Promise<ProfilePage> {
    const rows = await this.database.orm
      .select()
      .from(profiles)
      .where(cursor === undefined ? undefined : await this.#after(cursor))
      .orderBy(desc(profiles.createdAt), desc(profiles.id))
      .limit(limit + 1);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { profiles: page, nextCursor: last ? cursorOf(last.id) : null };
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

  async #find(id: string): Promise<Profile | undefined> {
    const [profile] = await this.database.orm.select().from(profiles).where(eq(profiles.id, id));
    return profile;
  }

  async #after(cursor: string) {
    const id = idOfCursor(cursor);
    if ((await this.#find(id)) === undefined) throw badCursor();
    // The profile itself says where it stands, to the microsecond, which no JavaScript date could carry.
    return sql`(${profiles.createdAt}, ${profiles.id}) < (select created_at, id from profiles where id = ${id})`;
  }
}
