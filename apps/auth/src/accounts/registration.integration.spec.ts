import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { users } from '../db/schema.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { AccountStore, type UnansweredAccount } from './account-store.js';
import { AdminSeed } from './admin-seed.js';
import { Passwords } from './passwords.js';
import { ProfileFinisher } from './profile-finisher.js';
import { Profiles } from './profiles.js';
import { Registration } from './registration.js';

/** Stands for the user service; `fails` says how. */
class UserServiceStandIn {
  readonly made: UnansweredAccount[] = [];
  fails: Error | undefined;
  pause: Promise<void> | undefined;

  async makeProfile(account: UnansweredAccount): Promise<void> {
    await this.pause;
    if (this.fails) throw this.fails;
    this.made.push(account);
  }
}

const form = () => ({
  email: `${randomUUID()}@example.test`,
  password: `pass-${randomUUID()}`,
  displayName: 'Ada',
});
const ADDRESS = '127.0.0.1';
const away = new Error('nobody is there');

let db: AuthDatabase;
let passwords: Passwords;
let accounts: AccountStore;
let userService: UserServiceStandIn;
let profiles: Profiles;
let registration: Registration;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  passwords = await Passwords.create();
  accounts = new AccountStore(db.database);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database.orm.delete(users);
  userService = new UserServiceStandIn();
  profiles = new Profiles(accounts, userService as never);
  const unlimited = { attempt: (_who: unknown, prove: () => unknown) => prove() };
  registration = new Registration(accounts, passwords, profiles, unlimited as never);
});

const finish = () => new ProfileFinisher(accounts, profiles).finish();

/** What a crash between account and profile leaves behind: the row, claimed by nobody who lives. */
async function crashHalfWay({ email, password, displayName }: ReturnType<typeof form>, claimedFor: string) {
  const passwordHash = await passwords.hash(password);
  await accounts.open({ email, passwordHash, displayName, roles: ['user'] });
  await db.database.orm
    .update(users)
    .set({ profileClaimedUntil: sql`now() + ${claimedFor}::interval` })
    .where(eq(users.email, email));
}

describe('Registration', () => {
  it('answers when the profile is made, and then forgets the name', async () => {
    const ada = form();
    const registered = await registration.register(ada, ADDRESS);
    expect(registered).toEqual({
      id: expect.any(String),
      email: ada.email,
      displayName: 'Ada',
      roles: ['user'],
    });
    expect(userService.made.map(({ id }) => id)).toEqual([registered.id]);
    const account = await accounts.findByEmail(ada.email);
    expect(account).toMatchObject({ registrationDisplayName: null, profileMadeAt: expect.any(Date) });
  });

  it('refuses an e-mail that is taken, with the same password and with another', async () => {
    const ada = form();
    await registration.register(ada, ADDRESS);
    await expect(registration.register(ada, ADDRESS)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    const other = { ...ada, password: 'another password' };
    await expect(registration.register(other, ADDRESS)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  });

  it('answers exactly one of many parallel registrations of an e-mail', async () => {
    const ada = form();
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => registration.register(ada, ADDRESS)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'ERR_CONFLICT' });
    }
    expect(userService.made).toHaveLength(1);
  });

  it('says 503 while the user service is away, and a repeat finishes what was begun', async () => {
    const ada = form();
    userService.fails = away;
    await expect(registration.register(ada, ADDRESS)).rejects.toMatchObject({
      code: 'ERR_UPSTREAM_UNAVAILABLE',
      extensions: { retryAfterSeconds: 1 },
    });
    const begun = await accounts.findByEmail(ada.email);
    userService.fails = undefined;
    expect(await registration.register(ada, ADDRESS)).toMatchObject({ id: begun?.id, displayName: 'Ada' });
    await expect(registration.register(ada, ADDRESS)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  });

  it('lets nobody without the password finish the registration of another', async () => {
    const ada = form();
    userService.fails = away;
    await expect(registration.register(ada, ADDRESS)).rejects.toThrow();
    userService.fails = undefined;
    const thief = { ...ada, password: 'not the password' };
    await expect(registration.register(thief, ADDRESS)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    expect(await registration.register(ada, ADDRESS)).toMatchObject({ email: ada.email });
  });

  it('answers a repeat also when the finisher made the profile meanwhile', async () => {
    const ada = form();
    userService.fails = away;
    await expect(registration.register(ada, ADDRESS)).rejects.toThrow();
    userService.fails = undefined;
    expect(await finish()).toBe(0);
    expect(await registration.register(ada, ADDRESS)).toMatchObject({ email: ada.email });
    expect(userService.made).toHaveLength(1);
  });

  it('a repeat after a crash waits until the claim of the dead lapses, then finishes', async () => {
    const ada = form();
    await crashHalfWay(ada, '0.3 seconds');
    expect(await registration.register(ada, ADDRESS)).toMatchObject({ email: ada.email });
    expect(userService.made).toHaveLength(1);
  });

  it('finishes in the background what nobody repeats, each once though several instances are at it', async () => {
    await Promise.all(Array.from({ length: 15 }, () => crashHalfWay(form(), '0 seconds')));
    await Promise.all([finish(), finish(), finish()]);
    await Promise.all([finish(), finish(), finish()]);
    expect(new Set(userService.made.map(({ id }) => id)).size).toBe(15);
    expect(userService.made).toHaveLength(15);
  });

  it('the finisher leaves alone what somebody is at, and tries again what failed', async () => {
    await crashHalfWay(form(), '1 minute');
    expect(await finish()).toBe(0);
    expect(userService.made).toHaveLength(0);
    await crashHalfWay(form(), '0 seconds');
    userService.fails = away;
    expect(await finish()).toBe(1);
    userService.fails = undefined;
    expect(await finish()).toBe(0);
    expect(userService.made).toHaveLength(1);
  });
});

describe('AdminSeed', () => {
  it('opens the account once, whoever starts first, and never resets its password', async () => {
    const admin = { email: 'admin@holdfast.local', password: 'the first password' };
    const seed = (password = admin.password) =>
      new AdminSeed(accounts, passwords, { ...admin, password }).onModuleInit();
    await Promise.all([seed(), seed(), seed()]);
    const account = await accounts.findByEmail(admin.email);
    expect(account?.roles).toEqual(['user', 'admin']);
    await seed('the second password');
    expect(await accounts.findByEmail(admin.email)).toEqual(account);
    await finish();
    expect(userService.made).toMatchObject([{ id: account?.id, registrationDisplayName: 'Administrator' }]);
  });
});

describe('ProfileFinisher', () => {
  it('hands the logger an error as it is: its text would show the values of the statement', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const broken = await createAuthDatabase(process.env);
    const finisher = new ProfileFinisher(new AccountStore(broken.database), profiles);
    await broken.drop();
    finisher.onApplicationBootstrap();
    await finisher.onModuleDestroy();
    const [message, error] = warn.mock.lastCall ?? [];
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain('params: ');
    expect(message).not.toContain('params: ');
    warn.mockRestore();
  });
});
