import type { ServiceClient, ServiceRequest, ServiceResponse } from '@holdfast/balancer-http';
import { CodedError, problemCodeOf, serviceTokenAnswerSchema } from '@holdfast/contracts';
import { systemClock, type Clock } from '@holdfast/session-core';
import { withoutDeadline } from './http/request-context.js';

/** A token is renewed when this little of its life is left, in milliseconds. */
const RENEW_BEFORE_MS = 30_000;
const DEADLINE_MS = 2_000;
/** What a challenge says of the token that came (RFC 6750 3.1). */
const INVALID_TOKEN = 'error="invalid_token"';
/** Pause between two tokens that were refused: if the second is as well, no third one will help. */
const REPLACED_ONCE_IN_MS = 10_000;

interface ServiceToken {
  readonly value: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * What a service proves itself with where it acts for itself: a token of auth for its client credentials (RFC 6749
 * 4.4, HTTP Basic). Kept until 30 s before it expires; one request for many who ask at once; a failure is not kept.
 */
export class ServiceCredentials {
  readonly #authorization: string;
  #token: ServiceToken | undefined;
  #fetching: Promise<string> | undefined;
  #droppedAt = -Infinity;

  /** @param clientSecret - `CLIENT_SECRET`, of which auth knows the hash */
  constructor(
    private readonly client: Pick<ServiceClient, 'request'>,
    private readonly clientId: string,
    clientSecret: string,
    private readonly clock: Clock = systemClock,
  ) {
    // RFC 6749 2.3.1: both parts form-encoded first.
    const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
    this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  /** A service token that is good for now. Rejects with `ERR_UPSTREAM_UNAVAILABLE` if auth gives none. */
  async token(): Promise<string> {
    const known = this.#token;
    if (known && known.expiresAt - this.clock.now() > RENEW_BEFORE_MS) return known.value;
    // For all who ask meanwhile.
    this.#fetching ??= withoutDeadline(() => this.#renew()).finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  /**
   * Calls another service as this one: `ServiceClient.request` with the token. One that is refused (its key was
   * withdrawn) is replaced, at most once in 10 s, and the request sent again, since nothing was done. So a 401 that
   * resolves is about what was asked for, never about us. Rejects like `ServiceClient.request`, and with
   * `ERR_UPSTREAM_UNAVAILABLE` where there is no token that is taken.
   */
  async request(service: string, init: ServiceRequest): Promise<ServiceResponse> {
    const token = await this.token();
    const answer = await this.client.request(service, authorized(init, token));
    if (!(await isRefusal(answer))) return answer;
    this.#drop(token);
    const another = await this.token();
    if (another !== token) {
      const again = await this.client.request(service, authorized(init, another));
      if (!(await isRefusal(again))) return again;
    }
    throw unavailable(new Error(`${service} does not take the token of ${this.clientId}.`));
  }

  #drop(token: string): void {
    // Another one may have taken its place already.
    if (this.#token?.value !== token) return;
    const now = this.clock.now();
    if (now - this.#droppedAt < REPLACED_ONCE_IN_MS) return;
    this.#droppedAt = now;
    this.#token = undefined;
  }

  async #renew(): Promise<string> {
    try {
      this.#token = await this.#fetch();
      return this.#token.value;
    } catch (cause) {
      // The old one is good until it expires: that auth is away shall hurt as late as possible.
      if (this.#token && this.#token.expiresAt > this.clock.now()) return this.#token.value;
      throw unavailable(cause);
    }
  }

  async #fetch(): Promise<ServiceToken> {
    const askedAt = this.clock.now();
    const answer = await this.client.request('auth', {
      method: 'POST',
      path: '/oauth/token',
      headers: {
        authorization: this.#authorization,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials&scope=internal',
      // Two tokens are as good as one.
      idempotent: true,
      deadlineMs: DEADLINE_MS,
    });
    if (answer.status !== 200)
      throw new Error(`auth answered ${answer.status} to the client ${this.clientId}.`);
    const granted = serviceTokenAnswerSchema.parse(await answer.json());
    const { access_token: value, expires_in: seconds } = granted;
    return { value, expiresAt: askedAt + seconds * 1000 };
  }
}

function authorized(init: ServiceRequest, token: string): ServiceRequest {
  return { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } };
}

/** Whether it is our own token that was refused: answers about somebody else's cookie or session are 401 as well. */
async function isRefusal({ status, headers, text }: ServiceResponse): Promise<boolean> {
  if (status !== 401) return false;
  const challenge = headers['www-authenticate'] ?? INVALID_TOKEN;
  return challenge.includes(INVALID_TOKEN) && problemCodeOf(await text()) !== 'ERR_SESSION_ENDED';
}

function unavailable(cause: unknown): CodedError {
  const detail = 'This service cannot prove itself to another one at the moment.';
  return Object.assign(new CodedError('ERR_UPSTREAM_UNAVAILABLE', detail), { cause });
}
