import type { EndReason, LedgerEntry } from '@holdfast/session-core';
import { bigint, boolean, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { AuditChainName, AuditDetail, AuditEvent } from '@holdfast/service-defaults';

/** Accounts: who may sign in. The profile (what people see) belongs to the user service. */
export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  /** Lower case; unique. */
  email: text('email').notNull().unique(),
  /** Argon2id in PHC format: the parameters travel with the hash. */
  passwordHash: text('password_hash').notNull(),
  roles: text('roles').array().notNull(),
  /** Grows with each change of the roles: of two that reach a session, the higher one counts. */
  authzVersion: bigint('authz_version', { mode: 'number' }).notNull().default(0),
  disabledAt: timestamp('disabled_at', { withTimezone: true }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  /** The name for the profile, kept until a registration was answered 201 or its owner signed in, then null. */
  registrationDisplayName: text('registration_display_name'),
  /** When the user service acknowledged the profile. */
  profileMadeAt: timestamp('profile_made_at', { withTimezone: true }),
  /** Until then one instance is at work on the missing profile; a crash lets it lapse. */
  profileClaimedUntil: timestamp('profile_claimed_until', { withTimezone: true }),
  /** The key of the authenticator app, sealed. Counts once it is confirmed. */
  totpSealed: text('totp_sealed'),
  totpConfirmedAt: timestamp('totp_confirmed_at', { withTimezone: true }),
  /** The last time step whose code was taken: neither it nor an older one is good again (RFC 6238, 5.2). */
  totpLastStep: bigint('totp_last_step', { mode: 'number' }),
  passwordChangedAt: timestamp('password_changed_at', { withTimezone: true }).notNull().defaultNow(),
});

/** Codes that stand in for a lost authenticator app, each once; only keyed hashes of them. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    codeHash: text('code_hash').notNull(),
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  ({ userId, codeHash }) => [primaryKey({ columns: [userId, codeHash] })],
);

/** Password resets that were asked for and not used; only hashes of the tokens. */
export const passwordResets = pgTable('password_resets', {
  /** SHA-256 of the token, base64url. */
  tokenHash: text('token_hash').primaryKey(),
  userId: uuid('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  /** Until then the token is being used: nobody else may. A crash lets it lapse, so that a repeat can finish. */
  claimedUntil: timestamp('claimed_until', { withTimezone: true }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

/** Guest sessions whose data their user has a claim to and has not got yet: a crash loses none of it. */
export const guestMerges = pgTable('guest_merges', {
  guestSessionId: text('guest_session_id').primaryKey(),
  userId: uuid('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

/** Keys that sign access tokens. A retired key signs nothing more but still verifies. */
export const signingKeys = pgTable('signing_keys', {
  /** RFC 7638 thumbprint. */
  kid: text('kid').primaryKey(),
  sealedPrivateJwk: text('sealed_private_jwk').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  /** Published before: verifiers know the key when its first token comes. */
  signsFrom: timestamp('signs_from', { withTimezone: true }).notNull().defaultNow(),
  /** When it stops signing: its successor's `signsFrom`. */
  retiredAt: timestamp('retired_at', { withTimezone: true }),
});

/** The ledger: what has ended, or changed, and must hold whatever becomes of the session store. Public ids only. */
export const revocations = pgTable('revocations', {
  /** Grows by one with each entry, in the order in which they are committed (see `recordIn`). */
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  eventId: uuid('event_id').notNull().unique(),
  kind: text('kind').$type<LedgerEntry['kind']>().notNull(),
  /** Unique: a session ends once. */
  sessionId: text('session_id'),
  /** No reference: guests have no account, and who has deleted theirs stays signed out. */
  userId: uuid('user_id'),
  because: text('because').$type<EndReason>(),
  keepSessionId: text('keep_session_id'),
  keepData: boolean('keep_data').notNull(),
  epoch: bigint('epoch', { mode: 'number' }),
  recordedAt: timestamp('recorded_at', { withTimezone: true }).notNull(),
});

/** The term of the store's journal that was given out last: one row. */
export const journalTerms = pgTable('journal_terms', {
  only: boolean('only').primaryKey().default(true),
  term: bigint('term', { mode: 'number' }).notNull(),
});

/** Events that have no place in the trail yet: written with what they are about, sealed in a moment. */
export const auditOutbox = pgTable('audit_outbox', {
  place: bigint('place', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  eventId: uuid('event_id').notNull().unique(),
  event: jsonb('event').$type<AuditEvent>().notNull(),
});

/** The audit trail: two chains, each row sealed over the one before it. A trigger refuses changes. */
export const auditEvents = pgTable('audit_events', {
  /** Grows with each event of either chain: the order in which the trail is read. */
  position: bigint('position', { mode: 'number' }).primaryKey(),
  chain: text('chain').$type<AuditChainName>().notNull(),
  /** Grows by one within a chain. */
  sequence: bigint('sequence', { mode: 'number' }).notNull(),
  eventId: uuid('event_id').notNull().unique(),
  type: text('type').$type<AuditEvent['type']>().notNull(),
  outcome: text('outcome').$type<AuditEvent['outcome']>().notNull(),
  occurredAt: timestamp('occurred_at', { withTimezone: true, precision: 3 }).notNull(),
  recordedAt: timestamp('recorded_at', { withTimezone: true, precision: 3 }).notNull(),
  userId: text('user_id'),
  actorId: text('actor_id'),
  sessionId: text('session_id'),
  endedBecause: text('ended_because').$type<EndReason>(),
  ip: text('ip'),
  userAgent: text('user_agent'),
  requestId: text('request_id'),
  traceId: text('trace_id'),
  detail: jsonb('detail').$type<AuditDetail>(),
  /** Of the key that the hash was made with. */
  keyId: text('key_id').notNull(),
  hash: text('hash').notNull(),
});

/** What stays of events that were pruned: the end of what is gone, by the chain's key. */
export const auditCheckpoints = pgTable(
  'audit_checkpoints',
  {
    chain: text('chain').$type<AuditChainName>().notNull(),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
    keyId: text('key_id').notNull(),
    mac: text('mac').notNull(),
    madeAt: timestamp('made_at', { withTimezone: true, precision: 3 }).notNull(),
  },
  ({ chain, sequence }) => [primaryKey({ columns: [chain, sequence] })],
);

/** Which instance seals the trail and looks for anomalies, until when, and how far it has looked: one row. */
export const auditDuty = pgTable('audit_duty', {
  only: boolean('only').primaryKey().default(true),
  holder: text('holder'),
  until: timestamp('until', { withTimezone: true }).notNull(),
  examined: bigint('examined', { mode: 'number' }).notNull(),
});
