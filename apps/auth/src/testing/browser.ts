import type { Answer, Call } from '@holdfast/service-testing';
import type { AuthServiceUnderTest } from './auth-service.js';

/** A `Set-Cookie` of the session's cookie: its value and its attributes, in lower case. */
export interface SetCookie {
  readonly value: string;
  readonly attributes: readonly string[];
}

/** What an answer does to the session's cookie; `undefined` if nothing. */
export function setCookieOf({ headers }: Answer): SetCookie | undefined {
  const [pair = '', ...attributes] = headers.getSetCookie().at(-1)?.split('; ') ?? [];
  const [name, value = ''] = pair.split('=');
  if (name !== '__Host-session') return undefined;
  return { value, attributes: attributes.map((attribute) => attribute.toLowerCase()) };
}

/** A browser at the gateway, as far as auth can tell: its cookie is swapped for a token, and kept as answers say. */
export class Browser {
  /** The session's cookie. */
  cookie: string | undefined;

  constructor(private readonly service: AuthServiceUnderTest) {}

  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const token = await this.token();
    const answer = await this.service.call(method, path, { ...call, ...(token !== undefined && { token }) });
    const set = setCookieOf(answer);
    if (set !== undefined) this.cookie = set.attributes.includes('max-age=0') ? undefined : set.value;
    return answer;
  }

  /** The token for the cookie; `undefined` if there is no cookie, or it is no good (any more). */
  async token(): Promise<string | undefined> {
    if (this.cookie === undefined) return undefined;
    const { status, body } = await this.service.exchange(this.cookie);
    return status === 200 ? String(body['accessToken']) : undefined;
  }
}
