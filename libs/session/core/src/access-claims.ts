/** The claims of an access token (RFC 9068). `iss` and `aud` have been checked before anybody sees these. Times are epoch seconds. */
export interface AccessClaims {
  /** The user's id. */
  readonly sub: string;
  /** The session's public id. */
  readonly sid: string;
  /** The token's own id. */
  readonly jti: string;
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly auth_time: number;
  /** Authentication context class: "1" = password, "2" = with a second factor. */
  readonly acr: string;
  readonly roles: readonly string[];
}
