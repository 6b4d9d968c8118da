import { bigint, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** What people see of a user. Who may sign in, and by which e-mail, is auth's to say; `email` is a copy. */
export const profiles = pgTable('profiles', {
  /** The account's id. */
  id: uuid('id').primaryKey(),
  email: text('email').notNull(),
  displayName: text('display_name').notNull(),
  /** Grows by 1 with each change: what a change must name to win. Any integer that JSON carries can be asked for. */
  version: bigint('version', { mode: 'number' }).notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});
