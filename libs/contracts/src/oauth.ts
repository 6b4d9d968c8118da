import { z } from 'zod';

/** The OAuth client of everybody who uses the API: public, no secret (RFC 6749 2.1). */
export const PUBLIC_CLIENT_ID = 'holdfast-cli';

/** The client that access tokens name which a cookie was swapped for. It asks for none itself. */
export const BROWSER_CLIENT_ID = 'holdfast-web';

/** Scope of a service's own token: internal routes. */
export const INTERNAL_SCOPE = 'internal';

/** The client of who collects metrics. There is one where auth has `METRICS_CLIENT_SECRET`. */
export const METRICS_CLIENT_ID = 'prometheus';

/** Scope of its tokens: `GET /metrics` of every process, and nothing else. */
export const METRICS_SCOPE = 'metrics:read';

/** The scopes of programs' own tokens: of each client one. */
const clientScopeSchema = z.enum([INTERNAL_SCOPE, METRICS_SCOPE]);

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

/** RFC 6749 5.1 for a program itself: no session, and nothing to refresh (RFC 6749 4.4.3). */
export const serviceTokenAnswerSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    scope: clientScopeSchema,
  })
  .meta({ id: 'ServiceToken' });

/** RFC 6749 5.2; `endedBecause` and `endedAt` say why a session is over. */
export const oauthErrorSchema = z
  .object({
    error: z.enum([
      'invalid_request',
      'invalid_client',
      'invalid_grant',
      'unauthorized_client',
      'unsupported_grant_type',
      'invalid_scope',
    ]),
    error_description: z.string(),
    endedBecause: z.string().optional(),
    endedAt: z.iso.datetime().optional(),
  })
  .meta({
    id: 'OAuthError',
    examples: [{ error: 'invalid_grant', error_description: 'The refresh token is not valid' }],
  });

const refreshGrantSchema = z
  .object({
    grant_type: z.literal('refresh_token'),
    refresh_token: z.string().min(1),
    client_id: z.literal(PUBLIC_CLIENT_ID),
  })
  .meta({ id: 'RefreshGrant' });

const clientCredentialsGrantSchema = z
  .object({
    grant_type: z.literal('client_credentials'),
    scope: clientScopeSchema.optional().describe('Of each client the only one that it has'),
  })
  .meta({
    id: 'ClientCredentialsGrant',
    description: 'The client is a program: its id and secret come by HTTP Basic.',
  });

/** Form of `POST /oauth/token` (RFC 6749 6 and 4.4.2). Unknown parameters are ignored (RFC 6749 3.2). */
export const tokenFormSchema = z.discriminatedUnion('grant_type', [
  refreshGrantSchema,
  clientCredentialsGrantSchema,
]);

/** Form of `POST /oauth/revoke` (RFC 7009 2.1). */
export const revokeFormSchema = z
  .object({
    token: z.string().min(1).describe('An access or a refresh token'),
    token_type_hint: z.string().optional(),
    client_id: z.literal(PUBLIC_CLIENT_ID),
  })
  .meta({ id: 'Revocation' });

/** Form of `POST /oauth/introspect` (RFC 7662 2.1). */
export const introspectionFormSchema = z
  .object({
    token: z.string().min(1).describe('An access or a refresh token'),
    token_type_hint: z.string().optional(),
  })
  .meta({ id: 'Introspection' });

/**
 * RFC 7662 2.2 with the claims of RFC 9068. Of a token that is not active nothing is said, not even why. `sid`, `acr`,
 * `auth_time`, `step_up_time` and `roles`: of users' tokens, as they count now; `scope`: of programs' own.
 */
export const introspectionAnswerSchema = z
  .discriminatedUnion('active', [
    z.object({ active: z.literal(false) }),
    z.object({
      active: z.literal(true),
      iss: z.string(),
      sub: z.string(),
      client_id: z.string(),
      exp: z.int(),
      iat: z.int().optional(),
      aud: z.string().optional(),
      jti: z.string().optional(),
      token_type: z.literal('Bearer').optional(),
      scope: z.string().optional(),
      sid: z.string().optional(),
      acr: z.string().optional(),
      auth_time: z.int().optional(),
      step_up_time: z.int().optional(),
      roles: z.array(z.string()).optional(),
    }),
  ])
  .meta({ id: 'IntrospectedToken', examples: [{ active: false }] });

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
    introspection_endpoint: z.url(),
    jwks_uri: z.url(),
    service_documentation: z.url(),
    response_types_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    revocation_endpoint_auth_methods_supported: z.array(z.string()),
    introspection_endpoint_auth_methods_supported: z.array(z.string()),
    scopes_supported: z.array(z.string()),
  })
  .meta({ id: 'AuthorizationServer' });

/** A scope of a program's own token. */
export type ClientScope = z.output<typeof clientScopeSchema>;
