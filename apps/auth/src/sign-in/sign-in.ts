import { CodedError } from '@holdfast/contracts';
import { SessionEndedError, SessionManager, type SessionGrant } from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { GuestMerge } from '../guests/guest-merge.js';
import type { Visitor } from '../sessions/visitor.js';
import { LateRegistration } from './late-registration.js';
import { Proofs, type EpochProof, type SignInForm } from './proofs.js';

/** What somebody wants when signing in. */
export interface SignInRequest extends SignInForm {
  readonly transport: 'bearer' | 'cookie';
  readonly rememberMe: boolean;
}

/** A logout everywhere that comes in between is met once; only an endless row of them is met so often. */
const ATTEMPTS = 5;

/** Begins sessions for those who prove to be the owner of an account. */
@Injectable()
export class SignIn {
  constructor(
    private readonly proofs: Proofs,
    private readonly registration: LateRegistration,
    private readonly merge: GuestMerge,
    private readonly sessions: SessionManager,
  ) {}

  /** Rejects as `Proofs` does. A session that came along is over when this answers; what a guest had is in the new one. */
  async signIn(form: SignInRequest, visitor: Visitor): Promise<SessionGrant> {
    const proof = await this.proofs.first(form, visitor);
    await this.registration.finish(proof.account);
    const guests = await this.merge.replace(proof.account.id, visitor.session);
    return this.begin(form, visitor, proof, guests);
  }

  /** What ends all sessions meanwhile ends this one too: it is begun again, for as long as the account lets it. */
  private async begin(
    form: SignInRequest,
    { client }: Visitor,
    first: EpochProof,
    guests: readonly string[],
  ): Promise<SessionGrant> {
    const { transport, rememberMe } = form;
    for (let attempt = 1, proof = first; attempt <= ATTEMPTS; attempt += 1) {
      const { account, hasSecondFactor, epoch } = proof;
      const { id: userId, roles, authzVersion } = account;
      const proven = { userId, roles, authzVersion, acr: hasSecondFactor ? 2 : 1, epoch };
      try {
        const grant = await this.sessions.begin({ ...proven, client, transport, rememberMe });
        await this.merge.adopt(guests, grant.session.record);
        return grant;
      } catch (error) {
        if (!(error instanceof SessionEndedError)) throw error;
      }
      proof = await this.proofs.again(form, proof);
    }
    const detail = 'The sessions of this account are being ended; sign in again';
    throw new CodedError('ERR_OVERLOADED', detail, { retryAfterSeconds: 1 });
  }
}
