import { CodedError, type ErrorCode } from '@holdfast/contracts';
import { AuditStream, type AuditNote } from '@holdfast/service-defaults';
import type { SessionGrant } from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { AccountStore } from '../accounts/account-store.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { ThrottleKeys } from '../throttling/throttle-keys.js';

/** What refuses somebody who did not prove who they are. Anything else is a fault, or a form that lacks something. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['ERR_CREDENTIALS', 'ERR_RATE_LIMITED']);

/**
 * Tells the trail who proved who they are, and who failed to. The answer waits for that: a sign-in that was answered is in
 * the trail, unless Postgres was away. What was tried is told by a keyed hash: people type passwords where an e-mail
 * belongs.
 */
@Injectable()
export class SignInAudit {
  constructor(
    private readonly trail: AuditTrail,
    private readonly stream: AuditStream,
    private readonly accounts: AccountStore,
    private readonly keys: ThrottleKeys,
  ) {}

  /** A sign-in to the account that this e-mail names, if it names one. */
  async signIn(email: string, work: () => Promise<SessionGrant>): Promise<SessionGrant> {
    // Whose session came along is not who signs in.
    const attempt = { type: 'sign-in', actorId: undefined } as const;
    const grant = await this.refusalsTold(attempt, work, async () => ({
      userId: (await this.accounts.findByEmail(email).catch(() => undefined))?.id,
      detail: { account: this.keys.account(email) },
    }));
    const { userId, sessionId, acr } = grant.session.record;
    const begun = { userId, sessionId, detail: { acr, transport: grant.transport } };
    this.stream.note({ ...begun, type: 'session-begun', actorId: undefined });
    await this.trail.record({ ...begun, ...attempt });
    return grant;
  }

  /** A step-up of a session. */
  async stepUp(
    about: { readonly userId: string; readonly sessionId: string },
    work: () => Promise<SessionGrant>,
  ): Promise<SessionGrant> {
    const attempt = { type: 'step-up', userId: about.userId, sessionId: about.sessionId } as const;
    const grant = await this.refusalsTold(attempt, work, async () => ({}));
    await this.trail.record(attempt);
    return grant;
  }

  private async refusalsTold<T>(
    attempt: AuditNote,
    work: () => Promise<T>,
    about: () => Promise<Partial<AuditNote>>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CodedError && REFUSALS.has(error.code)) {
        const { detail, ...who } = await about();
        const note = { ...attempt, ...who, detail: { ...detail, refusal: error.code } };
        await this.trail.record({ ...note, outcome: 'failure' });
      }
      throw error;
    }
  }
}
