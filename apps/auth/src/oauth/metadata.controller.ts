import { INTERNAL_SCOPE, METRICS_SCOPE, type metadataSchema } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { z } from 'zod';

/** Injection token: the issuer's URL, which is the gateway's public one. */
export const ISSUER = Symbol('ISSUER');

/** Authorization server metadata (RFC 8414). It lists only what is really there. */
@Controller('.well-known')
export class MetadataController {
  constructor(@Inject(ISSUER) private readonly issuer: string) {}

  @Public()
  @Get('oauth-authorization-server')
  @Header('cache-control', 'public, max-age=300')
  metadata(): z.infer<typeof metadataSchema> {
    const at = (path: string) => new URL(path, this.issuer).href;
    return {
      issuer: this.issuer,
      token_endpoint: at('/oauth/token'),
      revocation_endpoint: at('/oauth/revoke'),
      introspection_endpoint: at('/oauth/introspect'),
      jwks_uri: at('/.well-known/jwks.json'),
      service_documentation: at('/docs'),
      // Required by the RFC; empty, for there is no authorization endpoint.
      response_types_supported: [],
      grant_types_supported: ['refresh_token', 'client_credentials'],
      scopes_supported: [INTERNAL_SCOPE, METRICS_SCOPE],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      revocation_endpoint_auth_methods_supported: ['none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
    };
  }
}
