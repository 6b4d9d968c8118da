import { Controller, Get, Header } from '@nestjs/common';
import type { metadataSchema } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import type { z } from 'zod';

/** Authorization server metadata (RFC 8414). It lists only what is really there. */
@Controller('.well-known')
export class MetadataController {
  constructor(private readonly issuer: Issuer) {}

  @Public()
  @Get('oauth-authorization-server')
  @Header('cache-control', 'public, max-age=300')
  metadata(): z.infer<typeof metadataSchema> {
    const { url } = this.issuer;
    return {
      issuer: url,
      token_endpoint: `${url}/oauth/token`,
      revocation_endpoint: `${url}/oauth/revoke`,
      jwks_uri: `${url}/.well-known/jwks.json`,
      service_documentation: `${url}/docs`,
      // Required by the RFC; empty, for there is no authorization endpoint.
      response_types_supported: [],
      grant_types_supported: ['refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
    };
  }
}
