/** A client's id and secret, as it says. */
export interface BasicCredentials {
  readonly id: string;
  readonly secret: string;
}

const LONGEST_HEADER = 1_024;
/** RFC 7617 2: the scheme in any case, one token68. */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** Whether a request speaks of HTTP Basic at all. */
export function isBasic(authorization: string | undefined): boolean {
  return /^basic(\s|$)/i.test(authorization ?? '');
}

/**
 * Reads an `Authorization: Basic` header as OAuth clients send it: id and secret each form-encoded, then joined by a colon
 * and base64-encoded (RFC 6749 2.3.1). `undefined` for anything else.
 */
export function basicCredentials(authorization: string | undefined): BasicCredentials | undefined {
  if (authorization === undefined || authorization.length > LONGEST_HEADER) return undefined;
  const [, encoded] = BASIC.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  const [id, secret] = [formDecoded(pair.slice(0, colon)), formDecoded(pair.slice(colon + 1))];
  return id && secret ? { id, secret } : undefined;
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
