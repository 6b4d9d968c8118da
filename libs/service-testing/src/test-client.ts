/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the text holds as JSON; `{}` of no text. */
  readonly body: Record<string, unknown>;
}

/** What a request has besides method and path. */
export interface Call {
  /** A bearer token. Default: none. */
  readonly token?: string;
  /** Text and forms are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** These win over what the client would send by itself. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Which instance, counted round. Default 0. */
  readonly at?: number;
}

/** Sends one request. Rejects if the answer has a text that is no JSON. */
export async function send(method: string, url: string, { token, body, headers }: Call): Promise<Answer> {
  // fetch names the media type of a form by itself.
  const isTyped = body === undefined || body instanceof URLSearchParams;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(!isTyped && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && {
      body: typeof body === 'string' || body instanceof URLSearchParams ? body : JSON.stringify(body),
    }),
  });
  const text = await response.text();
  const parsed = text === '' ? {} : (JSON.parse(text) as Answer['body']);
  return { status: response.status, headers: response.headers, text, body: parsed };
}
