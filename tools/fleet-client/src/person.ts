import { randomUUID } from 'node:crypto';
import type { Answer, ApiClient, Call } from './api-client.js';

/** The tokens of a bearer sign-in, as `POST /auth/login` answers them. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly sessionId: string;
}

/** Who to sign in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** A code of the second factor, or a recovery code, where the account has one. */
  readonly code?: string;
}

/** The platform answered something else than the story needs. */
export class UnexpectedAnswer extends Error {
  constructor(
    what: string,
    readonly answer: Answer,
  ) {
    super(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

/** Returns the answer if it has the status; throws what came instead. */
export function expectStatus<T>(what: string, status: number, answer: Answer<T>): Answer<T> {
  if (answer.status !== status) throw new UnexpectedAnswer(what, answer);
  return answer;
}

/** Registers a new account with a random address and password. */
export async function register(api: ApiClient): Promise<Credentials & { readonly id: string }> {
  const credentials = { email: `ada-${randomUUID()}@example.test`, password: `pw-${randomUUID()}` };
  const answer = await api.call<{ id: string }>('POST', '/auth/register', {
    body: { ...credentials, displayName: 'Ada Lovelace' },
  });
  return { ...credentials, id: expectStatus('register', 201, answer).body.id };
}

/** The header in which a client carries its session's data, with the strategy `token`. */
const DATA_HEADER = 'x-session-data';

/** One device of a user, or of a guest. */
export class Device {
  private data: string | undefined;

  private constructor(
    readonly api: ApiClient,
    private current: Tokens,
  ) {}

  /** Signs in with a bearer transport: a new session. */
  static async signIn(api: ApiClient, { email, password, code }: Credentials): Promise<Device> {
    const answer = await api.call<Tokens>('POST', '/auth/login', { body: { email, password, code } });
    return new Device(api, expectStatus('sign in', 200, answer).body);
  }

  /** Begins a guest's session. */
  static async guest(api: ApiClient): Promise<Device> {
    return new Device(api, expectStatus('guest', 201, await api.call<Tokens>('POST', '/auth/guest')).body);
  }

  /** Registers somebody new and signs in. */
  static async ofNewUser(api: ApiClient): Promise<Device> {
    return Device.signIn(api, await register(api));
  }

  get tokens(): Tokens {
    return this.current;
  }

  get sessionId(): string {
    return this.current.sessionId;
  }

  /** The same session, spoken to at another address (an instance of its own, say). */
  at(api: ApiClient): Device {
    const same = new Device(api, this.current);
    same.data = this.data;
    return same;
  }

  /** Sends the token, and the data that the last answer had it carry. */
  async call<T = Record<string, unknown>>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
    const headers = { ...(this.data !== undefined && { [DATA_HEADER]: this.data }), ...call.headers };
    const answer = await this.api.call<T>(method, path, {
      token: this.current.access_token,
      ...call,
      headers,
    });
    this.data = answer.headers.get(DATA_HEADER) ?? this.data;
    return answer;
  }

  /** Presents a refresh token (this device's own by default) and keeps nothing of the answer. */
  presentRefresh(token = this.current.refresh_token): Promise<Answer<Tokens & { error?: string }>> {
    return this.api.call('POST', '/oauth/token', {
      form: { grant_type: 'refresh_token', refresh_token: token, client_id: 'holdfast-cli' },
    });
  }

  /** Rotates the tokens. */
  async refresh(): Promise<void> {
    this.adopt(expectStatus('refresh', 200, await this.presentRefresh()).body);
  }

  /** Goes on with the tokens of an answer; what it leaves out stays. */
  adopt(tokens: Partial<Tokens>): void {
    this.current = { ...this.current, ...tokens };
  }

  /** Shows the password again, and the second factor where there is one; the tokens from then on say so. */
  async stepUp({ password, code }: Pick<Credentials, 'password' | 'code'>): Promise<void> {
    const answer = await this.call<Tokens>('POST', '/auth/step-up', { body: { password, code } });
    this.adopt(expectStatus('step up', 200, answer).body);
  }
}
