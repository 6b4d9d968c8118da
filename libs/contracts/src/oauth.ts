import { z } from 'zod';

/** The one OAuth client of the platform: public, no secret (RFC 6749 2.1). */
export const PUBLIC_CLIENT_ID = 'holdfast-cli';

/** RFC 6749 5.1 with the session's public id. Seconds, as the RFC says. */
export const tokenAnswerSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    refresh_token: z.string(),
    refresh_expires_in: z.int().describe('Seconds until the session ends if nobody uses it'),
    sessionId: z.string(),
  })
  .meta({ id: 'Tokens' });

/** RFC 6749 5.2; `endedBecause` and `endedAt` say why a session is over. */
export const oauthErrorSchema = z
  .object({
    error: z.enum(['invalid_request', 'invalid_client', 'invalid_grant', 'unsupported_grant_type']),
    error_description: z.string(),
    endedBecause: z.string().optional(),
    endedAt: z.iso.datetime().optional(),
  })
  .meta({
    id: 'OAuthError',
    examples: [{ error: 'invalid_grant', error_description: 'The refresh token is not valid' }],
  });

/** Form of `POST /oauth/token` (RFC 6749 6). Unknown parameters are ignored (RFC 6749 3.2). */
export const tokenFormSchema = z
  .object({
    grant_type: z.literal('refresh_token'),
    refresh_token: z.string().min(1),
    client_id: z.literal(PUBLIC_CLIENT_ID),
  })
  .meta({ id: 'RefreshGrant' });

/** Form of `POST /oauth/revoke` (RFC 7009 2.1). */
export const revokeFormSchema = z
  .object({
    token: z.string().min(1).describe('An access or a refresh token'),
    token_type_hint: z.string().optional(),
    client_id: z.literal(PUBLIC_CLIENT_ID),
  })
  .meta({ id: 'Revocation' });

/** RFC 7517: the public keys that verify access tokens. */
export const jwksSchema = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: z.string(),
        y: z.string(),
        kid: z.string(),
        alg: z.literal('ES256'),
        use: z.literal('sig'),
      }),
    ),
  })
  .meta({ id: 'KeySet' });

/** RFC 8414 metadata: only what is really there. */
export const metadataSchema = z
  .object({
    issuer: z.url(),
    token_endpoint: z.url(),
    revocation_endpoint: z.url(),
    jwks_uri: z.url(),
    service_documentation: z.url(),
    response_types_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    revocation_endpoint_auth_methods_supported: z.array(z.string()),
  })
  .meta({ id: 'AuthorizationServer' });
