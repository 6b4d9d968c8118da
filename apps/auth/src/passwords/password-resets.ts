import { createHash, randomBytes } from 'node:crypto';
import { CodedError } from '@holdfast/contracts';
import type { LedgerEntry } from '@holdfast/session-core';
import type { AccountStore } from '../accounts/account-store.js';
import type { Passwords } from '../accounts/passwords.js';
import type { Mail } from '../mail/mailer.js';
import type { Notices } from '../mail/notices.js';
import type { Receipt, SessionEnds } from '../sessions/session-ends.js';
import type { SignInThrottle } from '../throttling/sign-in-throttle.js';
import type { PasswordStore } from './password-store.js';

const TOKEN_BYTES = 32;

/** How a reset goes. */
export interface PasswordResetSettings {
  /** How long a token is good. */
  readonly ttlMs: number;
  /** The page that the mail links to; without one the mail holds the bare token. */
  readonly pageUrl: string | undefined;
}

/** What resets are made of. */
export interface PasswordResetDeps {
  readonly accounts: AccountStore;
  readonly store: PasswordStore;
  readonly passwords: Passwords;
  readonly ends: SessionEnds;
  readonly notices: Notices;
  readonly throttle: Pick<SignInThrottle, 'forget'>;
}

/** Forgotten passwords: whoever reads the account's mail may set a new one. A second factor stays as it is. */
export class PasswordResets {
  constructor(
    private readonly deps: PasswordResetDeps,
    private readonly settings: PasswordResetSettings,
  ) {}

  /** The mail with a new token; `undefined` without an account, for a disabled one, or if enough mails are on their way. */
  async write(email: string): Promise<Mail | undefined> {
    const account = await this.deps.accounts.findByEmail(email);
    if (account === undefined || account.disabledAt !== null) return undefined;
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = await this.deps.store.open(account.id, hashOf(token), this.settings.ttlMs);
    return expiresAt && this.mailOf(account.email, token, expiresAt);
  }

  /**
   * Sets the password, ends every session, and forgets failed sign-ins: the owner is proven, unless a second factor is
   * still to be shown. `ERR_VALIDATION` for a token that is not good, and for a password that is guessed first; that
   * leaves the token good. So does a session store that is away: a repeat finishes it.
   */
  async confirm(token: string, newPassword: string): Promise<Receipt> {
    const { store, passwords, notices, throttle } = this.deps;
    const tokenHash = hashOf(token);
    const account = await store.accountOf(tokenHash);
    if (account === undefined) throw badToken();
    passwords.check(newPassword, account.email, 'newPassword');
    const passwordHash = await passwords.hash(newPassword);
    const entry = await store.use(tokenHash, account.id, passwordHash);
    if (entry === undefined) throw badToken();
    const receipt = await this.endSessions(tokenHash, entry);
    // Else whoever reads the mail could guess at the second factor for ever.
    if (account.totpConfirmedAt === null) await throttle.forget(account.email);
    await store.close(tokenHash);
    notices.passwordChanged(account.email);
    return receipt;
  }

  private async endSessions(tokenHash: string, entry: LedgerEntry): Promise<Receipt> {
    try {
      return await this.deps.ends.carryOut(entry);
    } catch (error) {
      await this.deps.store.release(tokenHash);
      throw error;
    }
  }

  private mailOf(to: string, token: string, expiresAt: Date): Mail {
    const { pageUrl } = this.settings;
    // As the fragment: no server and no referrer gets to see it.
    const way = pageUrl === undefined ? `with this token:\n\n${token}` : `here:\n\n${pageUrl}#${token}`;
    const text =
      `Somebody, hopefully you, wants a new password for your account. Until ${expiresAt.toUTCString()} ` +
      `you can set one ${way}\n\nIf it was not you, do nothing: your password stays as it is.\n`;
    return { to, subject: 'Reset your password', text, token, expiresAt: expiresAt.getTime() };
  }
}

/** The token has 256 bits: a plain hash cannot be guessed back. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function badToken(): CodedError {
  const message = 'was used, has expired, or never was one: ask for another mail';
  return new CodedError('ERR_VALIDATION', 'This token resets no password.', {
    errors: [{ path: 'token', message }],
  });
}
