import type { oauthErrorSchema } from '@holdfast/contracts';
import type { EndedSession } from '@holdfast/session-core';
import type { z } from 'zod';

/** The body of an RFC 6749 5.2 answer. */
export type OAuthErrorBody = z.infer<typeof oauthErrorSchema>;

/** A refusal in the way of RFC 6749 5.2: an expected outcome of the OAuth endpoints, not an exception. */
export class OAuthRefusal {
  constructor(readonly body: OAuthErrorBody) {}

  /** 401 for a client that is not ours, 400 otherwise. */
  get status(): 400 | 401 {
    return this.body.error === 'invalid_client' ? 401 : 400;
  }

  static of(error: OAuthErrorBody['error'], description: string): OAuthRefusal {
    return new OAuthRefusal({ error, error_description: description });
  }

  /** The grant is no good; if its session is over, the answer says why. */
  static ofGrant(ended?: EndedSession): OAuthRefusal {
    const body = { error: 'invalid_grant', error_description: 'The refresh token is not valid' } as const;
    if (ended === undefined) return new OAuthRefusal(body);
    const endedAt = new Date(ended.endedAt).toISOString();
    return new OAuthRefusal({ ...body, endedBecause: ended.because, endedAt });
  }
}
