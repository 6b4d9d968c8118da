import { CodedError } from '@holdfast/contracts';
import { SessionManager, type SessionGrant } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import { Injectable } from '@nestjs/common';
import { AccountStore } from '../accounts/account-store.js';
import { countedBySession } from '../throttling/session-counter.js';
import { SignInThrottle } from '../throttling/sign-in-throttle.js';
import { Credentials, type ShownCredentials } from './credentials.js';

/** The level of a session whose user has just proved again who they are. */
const STEPPED_UP = 2;

/** Raises a session's level: the password again, and the second factor where the account has one. */
@Injectable()
export class StepUp {
  constructor(
    private readonly accounts: AccountStore,
    private readonly credentials: Credentials,
    private readonly throttle: SignInThrottle,
    private readonly sessions: SessionManager,
  ) {}

  /**
   * The same session with a new refresh token or cookie; what is out already is not raised. `ERR_CREDENTIALS`, also for
   * an account that is disabled; `ERR_STEP_UP_REQUIRED` if a code is missing.
   */
  async stepUp(shown: ShownCredentials, { sessionId, userId }: ActiveSession): Promise<SessionGrant> {
    const proof = await this.throttle.attempt(countedBySession(sessionId), async () =>
      this.credentials.prove(await this.accounts.findById(userId), shown),
    );
    if (proof === undefined) throw new CodedError('ERR_CREDENTIALS', 'The password or the code is wrong');
    return this.sessions.stepUp(sessionId, { acr: STEPPED_UP });
  }
}
