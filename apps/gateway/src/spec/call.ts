import { Agent, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

/** The whole answer to a `call`. */
export interface CallAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; an empty object if it has none. */
  readonly body: Record<string, unknown>;
}

const agent = new Agent({ keepAlive: true });

/** One request with exactly these headers: `fetch` adds some and refuses others. A list is a header sent more than once. */
export function call(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<CallAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers, agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        const isJson = /json/.test(answer.headers['content-type'] ?? '') && text !== '';
        const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed });
      });
      answer.on('error', reject);
    });
    sent.on('error', reject).end(body);
  });
}
