import { FIELD_NAME, NOT_IN_VALUE, TARGET } from './grammar.js';
import { WireError } from './wire-error.js';

/** A body that is sent while it arrives, and so only once. */
export interface BodyStream {
  /** Begins to read it. Called at most once. */
  open(): AsyncIterable<Buffer>;
  /** Whether reading has begun: from then on the request cannot be tried again. */
  readonly opened: boolean;
}

/** One request on one connection. */
export interface WireRequest {
  readonly method: string;
  /** Origin form (path and query), sent as it is. */
  readonly path: string;
  /** Flat names and values, end-to-end headers only: neither `host` nor hop-by-hop ones; `content-length` only with a `BodyStream`. */
  readonly headers: readonly string[];
  readonly body?: Buffer | BodyStream | undefined;
  /** The other protocol that it asks for. Default: none. */
  readonly upgrade?: string | undefined;
}

/** A head, ready to be sent as Latin-1, and how its body is framed. */
export interface RequestHead {
  readonly text: string;
  /** Bytes of the body that follows as it arrives; `undefined`: it is sent in chunks, or is none. */
  readonly length: number | undefined;
}

/** Of these a server expects a body, and the length says that there is none (RFC 9110 8.6). */
const EXPECT_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Writes a request's head (RFC 9112 3). Throws a `WireError` of `BAD_REQUEST` for whatever would be something else on the wire
 * than it was meant to be: a value with CR, LF or a character that Latin-1 has not.
 *
 * @param ours - the lines that each request to this origin has, with their CRLF
 */
export function requestHead(
  { method, path, headers, body, upgrade }: WireRequest,
  ours: string,
): RequestHead {
  if (!FIELD_NAME.test(method) || !TARGET.test(path)) throw refused('its method or its path is malformed');
  let text = `${method} ${path} HTTP/1.1\r\n${ours}`;
  let length: number | undefined;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = '', value = ''] = [headers[index], headers[index + 1]];
    if (!FIELD_NAME.test(name) || NOT_IN_VALUE.test(value)) throw refused(`a header is malformed`);
    if (name.length === LENGTH.length && name.toLowerCase() === LENGTH) length = Number(value);
    text += `${name}: ${value}\r\n`;
  }
  if (length !== undefined && !isStream(body)) throw refused('its length is ours to say');
  if (Buffer.isBuffer(body)) text += `${LENGTH}: ${body.length}\r\n`;
  else if (body !== undefined && length === undefined) text += 'transfer-encoding: chunked\r\n';
  else if (body === undefined && EXPECT_BODY.has(method)) text += `${LENGTH}: 0\r\n`;
  text +=
    upgrade === undefined
      ? 'connection: keep-alive\r\n\r\n'
      : `connection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n`;
  return { text, length };
}

const LENGTH = 'content-length';

/** Whether a body is sent while it arrives. */
export function isStream(body: WireRequest['body']): body is BodyStream {
  return body !== undefined && !Buffer.isBuffer(body);
}

function refused(why: string): WireError {
  return new WireError('BAD_REQUEST', `the request cannot be sent: ${why}`);
}
