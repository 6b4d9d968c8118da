const TYPES = new Set(['at+jwt', 'application/at+jwt']);

/**
 * The key id of a compact JWS whose header is what we sign with: `alg` ES256, `typ` at+jwt (RFC 9068 section 4),
 * a `kid`, no `crit`. `undefined` for anything else. passport-jwt looks at neither `typ` nor `crit`.
 */
export function keyIdOf(token: string): string | undefined {
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
