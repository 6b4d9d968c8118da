/** What the check looks at: a request as Node parsed it, headers as they came. */
export interface RawRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  /** Flat. `headers` merges what is repeated, and what is repeated is the attack. */
  readonly rawHeaders: readonly string[];
}

/** A request that is clean, with its target in origin form, or what is wrong with it. */
export type Verdict = { readonly target: string } | { readonly fault: string };

/** What a target may consist of: printable ASCII but `#`, which ends a URL, and `\`, which some take for `/`. */
const TARGET = /^[\x21\x22\x24-\x5b\x5d-\x7e]+$/;
const HOST = /^(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-f:.]+\])(?::(?<port>\d{1,5}))?$/;
const LENGTH = /^(?:0|[1-9]\d{0,14})$/;
const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;

/**
 * Refuses requests that two parsers could read in two ways (RFC 9112, request smuggling): two hosts, lengths or
 * credentials, a length beside `Transfer-Encoding`, a path that decodes to something else than it says.
 */
export function checkRequest(request: RawRequest): Verdict {
  if (request.httpVersionMajor !== 1 || request.httpVersionMinor > 1) {
    return { fault: 'Only HTTP/1.0 and HTTP/1.1 are spoken here.' };
  }
  const framing = readFraming(request.rawHeaders);
  if ('fault' in framing) return framing;
  const { host, length, encoding } = framing;
  if (host === undefined && request.httpVersionMinor === 1) {
    return { fault: 'The Host header is missing.' };
  }
  if (host !== undefined && !isHost(host)) return { fault: 'The Host header is not one host.' };
  if (encoding !== undefined) {
    if (length !== undefined) return { fault: 'Content-Length and Transfer-Encoding exclude each other.' };
    if (encoding.toLowerCase() !== 'chunked') return { fault: 'Transfer-Encoding must be chunked.' };
    if (request.httpVersionMinor === 0) return { fault: 'HTTP/1.0 has no Transfer-Encoding.' };
  }
  if (length !== undefined && !LENGTH.test(length)) return { fault: 'Content-Length is not a length.' };
  return checkTarget(request.url ?? '', request.method, host);
}

function isHost(host: string): boolean {
  const match = HOST.exec(host);
  if (!match) return false;
  const port = Number(match.groups?.port ?? 80);
  return port > 0 && port <= 65_535;
}

interface Framing {
  host?: string;
  length?: string;
  encoding?: string;
  /** Who asks: of two, some take the first and some the last. */
  authorization?: string;
}

function readFraming(rawHeaders: readonly string[]): Framing | { readonly fault: string } {
  const framing: Framing = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // By length first: most names need no comparison at all.
    const member = MEMBER_OF_LENGTH[name.length];
    if (member === undefined || name.toLowerCase() !== FRAMING_NAMES[member]) continue;
    if (framing[member] !== undefined) return { fault: `There is more than one ${name} header.` };
    framing[member] = rawHeaders[index + 1] ?? '';
  }
  return framing;
}

const FRAMING_NAMES = {
  host: 'host',
  length: 'content-length',
  encoding: 'transfer-encoding',
  authorization: 'authorization',
} as const;
const MEMBER_OF_LENGTH: Readonly<Record<number, keyof Framing>> = {
  4: 'host',
  13: 'authorization',
  14: 'length',
  17: 'encoding',
};

function checkTarget(url: string, method: string | undefined, host: string | undefined): Verdict {
  if (url === '*')
    return method === 'OPTIONS' ? { target: url } : { fault: 'The target * is for OPTIONS only.' };
  if (!TARGET.test(url)) return { fault: 'The request target has characters that must be encoded.' };
  const target = url.startsWith('/') ? url : originForm(url, host);
  if (target === undefined) return { fault: 'The request target does not agree with the Host header.' };
  const path = pathOf(target);
  if (!path.includes('%')) return { target };
  try {
    // Refuses malformed escapes and UTF-8 that is overlong or otherwise invalid.
    const decoded = decodeURIComponent(path);
    return /[\r\n\0]/.test(decoded) ? { fault: 'The path has an encoded CR, LF or NUL.' } : { target };
  } catch {
    return { fault: 'The path is not percent-encoded UTF-8.' };
  }
}

function originForm(url: string, host: string | undefined): string | undefined {
  const [, authority, rest = ''] = ABSOLUTE.exec(url) ?? [];
  if (authority === undefined || authority.toLowerCase() !== host?.toLowerCase()) return undefined;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The path of a target in origin form. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
