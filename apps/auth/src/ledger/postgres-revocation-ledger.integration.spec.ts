import { randomUUID } from 'node:crypto';
import { runRevocationLedgerContract } from '@holdfast/session-testing';
import { users } from '../db/schema.js';
import { createAuthDatabase } from '../testing/auth-database.js';
import { PostgresRevocationLedger } from './postgres-revocation-ledger.js';

runRevocationLedgerContract('Postgres', async () => {
  const db = await createAuthDatabase(process.env);
  const ledger = PostgresRevocationLedger.connect(db.url, () => undefined);
  return {
    ledger,
    giveRoles: async (id, { roles, authzVersion }) => {
      const given = { roles: [...roles], authzVersion };
      const account = { ...given, id, email: `${randomUUID()}@example.test`, passwordHash: '' };
      const opened = { ...account, registrationDisplayName: 'Ada' };
      await db.database.orm.insert(users).values(opened).onConflictDoUpdate({ target: users.id, set: given });
    },
    close: async () => {
      await ledger.close();
      await db.drop();
    },
  };
});
