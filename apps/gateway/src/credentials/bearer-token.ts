/** The token of an `Authorization` header (RFC 6750); `undefined` for another scheme, several tokens or no header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
