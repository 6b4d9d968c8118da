import { CodedError } from '@holdfast/contracts';
import type { Clock } from '@holdfast/session-core';
import { Logger } from '@nestjs/common';
import type { Account } from '../accounts/account-store.js';
import { Sealer } from '../keys/sealer.js';
import { newRecoveryCodes, RecoveryCodeHashes } from './recovery-codes.js';
import type { SecondFactorStore } from './second-factor-store.js';
import { newTotpKey, stepOf, type TotpKey } from './totp.js';

/** What of an account tells whether it has a second factor, and which. */
export type FactorHolder = Pick<Account, 'id' | 'totpSealed' | 'totpConfirmedAt'>;

/** What came of a code. `missing`: the account has a second factor, and nothing was shown. */
export type FactorVerdict = 'not-enabled' | 'ok' | 'missing' | 'wrong';

/** Second factors: one-time codes of an authenticator app (RFC 6238), and recovery codes for when it is lost. */
export class SecondFactor {
  private readonly logger = new Logger(SecondFactor.name);
  private readonly sealer: Sealer;
  private readonly hashes: RecoveryCodeHashes;

  /** @param secret - `ACCOUNT_SECRET` */
  constructor(
    private readonly store: SecondFactorStore,
    secret: string,
    private readonly clock: Clock,
  ) {
    this.sealer = Sealer.fromSecret(secret, 'holdfast second-factor seal v1');
    this.hashes = new RecoveryCodeHashes(secret);
  }

  /**
   * Judges a one-time code or a recovery code, and uses it up: of parallel attempts with one code, on whichever
   * instances, one is `ok`. `ERR_INTERNAL` if `ACCOUNT_SECRET` is not the one that the second factor was made with:
   * nothing that is shown could be judged, and nobody gets by without.
   */
  async verify(account: FactorHolder, code: string | undefined): Promise<FactorVerdict> {
    if (account.totpSealed === null || account.totpConfirmedAt === null) return 'not-enabled';
    if (code === undefined) return 'missing';
    const { id, totpSealed } = account;
    const key = this.open(id, totpSealed);
    const step = stepIn(key, code, this.clock.now());
    const isGood = isOneTimeCode(code)
      ? step !== undefined && (await this.store.useStep(id, totpSealed, step))
      : await this.store.useCode(id, this.hashes.hash(id, code));
    return isGood ? 'ok' : 'wrong';
  }

  /** Makes a key, which counts once it is confirmed. `ERR_CONFLICT` if the account has a second factor. */
  async begin({ id, email }: Pick<Account, 'id' | 'email'>): Promise<TotpKey> {
    const key = newTotpKey(email);
    if (!(await this.store.begin(id, this.sealer.seal(id, key.secret)))) throw enabledAlready();
    return key;
  }

  /** Turns it on and answers the recovery codes; `undefined` for a wrong code. `ERR_CONFLICT` if it is on, or was not begun. */
  async confirm(account: FactorHolder, code: string): Promise<string[] | undefined> {
    const { id, totpSealed, totpConfirmedAt } = account;
    if (totpConfirmedAt !== null) throw enabledAlready();
    if (totpSealed === null)
      throw new CodedError('ERR_CONFLICT', 'No second factor was begun: POST /auth/totp');
    const step = stepIn(this.open(id, totpSealed), code, this.clock.now());
    if (step === undefined) return undefined;
    const codes = newRecoveryCodes();
    if (!(await this.store.confirm(id, totpSealed, step, this.hashAll(id, codes)))) throw enabledAlready();
    return codes;
  }

  /** New recovery codes; earlier ones are void. `ERR_CONFLICT` without a second factor. */
  async renewRecoveryCodes(userId: string): Promise<string[]> {
    const codes = newRecoveryCodes();
    if (await this.store.renewCodes(userId, this.hashAll(userId, codes))) return codes;
    throw new CodedError('ERR_CONFLICT', 'There is no second factor that they could stand in for');
  }

  /** Takes it off, begun or on. `false` if there was none. */
  remove(userId: string): Promise<boolean> {
    return this.store.remove(userId);
  }

  private open(userId: string, sealed: string): string {
    const key = this.sealer.open(userId, sealed);
    if (key !== undefined) return key;
    this.logger.error({
      msg: 'ACCOUNT_SECRET does not open a second factor: restore the secret, or DELETE /auth/users/:id/totp',
      userId,
    });
    throw unreadable();
  }

  private hashAll(userId: string, codes: readonly string[]): string[] {
    return codes.map((code) => this.hashes.hash(userId, code));
  }
}

function stepIn(key: string, code: string, now: number): number | undefined {
  return isOneTimeCode(code) ? stepOf(code.replaceAll(' ', ''), key, now) : undefined;
}

/** Apps show them in two groups. */
function isOneTimeCode(code: string): boolean {
  return /^\d{3} ?\d{3}$/.test(code);
}

function enabledAlready(): CodedError {
  return new CodedError('ERR_CONFLICT', 'The account has a second factor: DELETE /auth/totp takes it off');
}

function unreadable(): CodedError {
  const detail =
    'The second factor of this account cannot be checked now. An administrator can take it off, or restore its key.';
  return new CodedError('ERR_INTERNAL', detail);
}
