/** An answer of the platform, its body parsed where it is JSON. */
export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** One request; `form` and `body` exclude each other. */
export interface Call {
  readonly token?: string;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the call is given up; 15,000 by default. */
  readonly timeoutMs?: number;
}

function payload(call: Call): { body?: string; headers: Record<string, string> } {
  if (call.form !== undefined) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { body: new URLSearchParams(call.form).toString(), headers };
  }
  if (call.body !== undefined) {
    return { body: JSON.stringify(call.body), headers: { 'content-type': 'application/json' } };
  }
  return { headers: {} };
}

function parse(text: string, contentType: string): unknown {
  return /[/+]json\b/.test(contentType) ? (JSON.parse(text) as unknown) : text;
}

/** A plain client of the HTTP contract: it follows nothing, retries nothing and hides nothing. */
export class ApiClient {
  /** `baseUrl`: the gateway's address, or one instance's own. `onAnswer` hears of each answer; by default nobody does. */
  constructor(
    readonly baseUrl: string,
    private readonly onAnswer: (answer: Answer) => void = () => undefined,
  ) {}

  async call<T = Record<string, unknown>>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
    const { body, headers } = payload(call);
    const response = await fetch(this.baseUrl + path, {
      method,
      body,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
        ...call.headers,
      },
      signal: AbortSignal.timeout(call.timeoutMs ?? 15_000),
    });
    const text = await response.text();
    const parsed = parse(text, response.headers.get('content-type') ?? '') as T;
    const answer = { status: response.status, headers: response.headers, body: parsed };
    this.onAnswer(answer);
    return answer;
  }
}
