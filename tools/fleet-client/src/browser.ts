import type { Answer, ApiClient, Call } from './api-client.js';
import { expectStatus, type Credentials } from './person.js';
import { cookieChange, cookieHeader, dataCookieChange } from './session-cookie.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A browser on a page of the platform: it keeps the session's cookie and sees no token. */
export class Browser {
  private session: string | undefined;
  private data: string | undefined;

  /** `cookie`: one that was planted in it; none by default. */
  constructor(
    readonly api: ApiClient,
    private current?: string,
  ) {}

  /** A new browser that somebody has signed in with. */
  static async signIn(api: ApiClient, credentials: Credentials): Promise<Browser> {
    const browser = new Browser(api);
    expectStatus('sign in', 200, await browser.signIn(credentials));
    return browser;
  }

  /** A new browser with a guest's session. */
  static async guest(api: ApiClient): Promise<Browser> {
    const browser = new Browser(api);
    expectStatus('guest', 201, await browser.begin('/auth/guest', {}));
    return browser;
  }

  /** The cookie's value; `undefined` while there is none. */
  get cookie(): string | undefined {
    return this.current;
  }

  /** The session that was begun in this browser last. */
  get sessionId(): string | undefined {
    return this.session;
  }

  /** Signs in; a session that the browser has, a guest's say, is replaced. */
  signIn(credentials: Credentials, rememberMe?: boolean): Promise<Answer<Record<string, unknown>>> {
    const { email, password, code } = credentials;
    return this.begin('/auth/login', { email, password, code, rememberMe });
  }

  /** Shows the password again, and the second factor where there is one. */
  stepUp({
    password,
    code,
  }: Pick<Credentials, 'password' | 'code'>): Promise<Answer<Record<string, unknown>>> {
    return this.call('POST', '/auth/step-up', { body: { password, code } });
  }

  /** Sends the cookie and, as browsers do, where the request comes from; keeps what the answer makes of the cookie. */
  async call<T = Record<string, unknown>>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
    const { origin } = new URL(this.api.baseUrl);
    const headers = {
      'sec-fetch-site': 'same-origin',
      ...(!SAFE.has(method) && { origin }),
      ...(this.current !== undefined && cookieHeader(this.current, this.data)),
      ...call.headers,
    };
    const answer = await this.api.call<T>(method, path, { ...call, headers });
    const change = cookieChange(answer.headers);
    if (change !== undefined) this.current = change.value;
    const changed = dataCookieChange(answer.headers);
    if (changed !== undefined) this.data = changed.value;
    return answer;
  }

  private async begin(path: string, body: object): Promise<Answer<Record<string, unknown>>> {
    const answer = await this.call('POST', path, { body: { ...body, transport: 'cookie' } });
    if (typeof answer.body['sessionId'] === 'string') this.session = answer.body['sessionId'];
    return answer;
  }
}
