import type { JsonWebKey } from 'node:crypto';
import { jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Accounts: who may sign in. The profile (what people see) belongs to the user service. */
export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  /** Lower case; unique. */
  email: text('email').notNull().unique(),
  /** Argon2id in PHC format: the parameters travel with the hash. */
  passwordHash: text('password_hash').notNull(),
  roles: text('roles').array().notNull(),
  disabledAt: timestamp('disabled_at', { withTimezone: true }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  /** The name for the profile, kept until a registration was answered 201 or its owner signed in, then null. */
  registrationDisplayName: text('registration_display_name'),
  /** When the user service acknowledged the profile. */
  profileMadeAt: timestamp('profile_made_at', { withTimezone: true }),
  /** Until then one instance is at work on the missing profile; a crash lets it lapse. */
  profileClaimedUntil: timestamp('profile_claimed_until', { withTimezone: true }),
});

/** Keys that sign access tokens. A retired key signs nothing more but still verifies. */
export const signingKeys = pgTable('signing_keys', {
  /** RFC 7638 thumbprint. */
  kid: text('kid').primaryKey(),
  sealedPrivateJwk: text('sealed_private_jwk').notNull(),
  publicJwk: jsonb('public_jwk').$type<JsonWebKey>().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  retiredAt: timestamp('retired_at', { withTimezone: true }),
});
