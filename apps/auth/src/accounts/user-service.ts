import { ServiceClient } from '@holdfast/balancer-http';
import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../tokens/access-tokens.js';
import type { UnansweredAccount } from './account-store.js';

/** Shorter than the claim on a profile, so that one instance at a time is at work on it. */
const DEADLINE_MS = 3_000;

/** The user service's internal calls, made as this service itself. */
@Injectable()
export class UserService {
  constructor(
    private readonly client: ServiceClient,
    private readonly tokens: AccessTokens,
  ) {}

  /** Makes the profile of an account; idempotent by the account's id. Rejects if it is not sure that it exists. */
  async makeProfile({ id, email, registrationDisplayName }: UnansweredAccount): Promise<void> {
    const answer = await this.client.request('user', {
      method: 'PUT',
      path: `/internal/profiles/${id}`,
      headers: { authorization: `Bearer ${this.tokens.forService()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email, displayName: registrationDisplayName }),
      idempotent: true,
      deadlineMs: DEADLINE_MS,
    });
    const body = await answer.text();
    if (answer.status >= 300)
      throw new Error(`The user service answered ${answer.status}: ${body.slice(0, 300)}`);
  }
}
