/** 64 bytes in base64url as an encoder writes them: 86 characters, the last with its four spare bits clear (RFC 4648 3.5). */
const SIGNATURE = /^[\w-]{85}[AQgw]$/;
const TYPES = new Set(['at+jwt', 'application/at+jwt']);

/**
 * The key id of a compact JWS whose header is what we sign with: `alg` ES256, `typ` at+jwt (RFC 9068 section 4),
 * a `kid`, no `crit`. Its signature must have its one canonical spelling: decoders take sixteen, and each would be
 * verified, and remembered, as a token of its own. `undefined` for anything else. passport-jwt looks at none of this.
 */
export function keyIdOf(token: string): string | undefined {
  if (!SIGNATURE.test(token.slice(token.lastIndexOf('.') + 1))) return undefined;
  const header = parseHeader(token.slice(0, Math.max(0, token.indexOf('.'))));
  if (header === undefined || 'crit' in header) return undefined;
  const { alg, typ, kid } = header;
  if (alg !== 'ES256' || typeof typ !== 'string' || !TYPES.has(typ.toLowerCase())) return undefined;
  return typeof kid === 'string' && kid.length > 0 && kid.length <= 128 ? kid : undefined;
}

function parseHeader(segment: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && !Array.isArray(header)
      ? { ...header }
      : undefined;
  } catch {
    return undefined;
  }
}
