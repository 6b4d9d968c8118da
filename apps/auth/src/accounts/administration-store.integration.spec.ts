import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { AccountStore } from './account-store.js';
import { AdministrationStore } from './administration-store.js';

let db: AuthDatabase;
let store: AdministrationStore;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  store = new AdministrationStore(db.database);
});
afterAll(() => db.drop());

async function account(roles: string[]): Promise<string> {
  const form = { email: `${randomUUID()}@example.test`, passwordHash: '', roles, displayName: 'Ada' };
  return (await new AccountStore(db.database).open(form))?.id ?? '';
}

describe('changes at once', () => {
  it('never hold each other up, whoever becomes an administrator or stops being one meanwhile', async () => {
    await account(['user', 'admin']);
    const ids = await Promise.all(Array.from({ length: 4 }, () => account(['user'])));
    const choices = [['user'], ['user', 'admin'], ['user', 'support'], ['user', 'support', 'admin']];
    for (let round = 0; round < 10; round += 1) {
      const changes = Array.from({ length: 16 }, (_, n) => {
        const id = ids[n % ids.length] ?? '';
        return n % 5 === 0 ? store.disable(id) : store.changeRoles(id, choices[(n >> 2) % 4] ?? []);
      });
      const outcomes = (await Promise.all(changes)).map(({ outcome }) => outcome);
      expect(new Set(outcomes)).toEqual(new Set(['changed']));
      await Promise.all(ids.map((id) => store.enable(id)));
    }
  });
});
