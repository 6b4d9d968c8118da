import { Module, type DynamicModule } from '@nestjs/common';
import { AuthMetricsModule } from '../metrics/auth-metrics.module.js';
import { confidentialClients, type ClientSecrets } from './confidential-clients.js';
import { ISSUER, MetadataController } from './metadata.controller.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthController } from './oauth.controller.js';
import { RefreshGrant } from './refresh-grant.js';
import { Refreshes } from './refreshes.js';
import { TokenEndpoint } from './token-endpoint.js';
import { TokenIntrospection } from './token-introspection.js';
import { TokenRevocation } from './token-revocation.js';

/** Who the server is, and whom it knows. */
export interface OAuthSettings extends ClientSecrets {
  readonly issuer: string;
}

/** The OAuth endpoints: tokens, revocation, introspection, metadata. */
@Module({})
export class OAuthModule {
  static forRoot(imports: DynamicModule[], settings: OAuthSettings): DynamicModule {
    return {
      module: OAuthModule,
      imports: [...imports, AuthMetricsModule],
      controllers: [OAuthController, MetadataController],
      providers: [
        RefreshGrant,
        Refreshes,
        TokenEndpoint,
        TokenIntrospection,
        TokenRevocation,
        { provide: OAuthClients, useFactory: () => new OAuthClients(confidentialClients(settings)) },
        { provide: ISSUER, useValue: settings.issuer },
      ],
    };
  }
}
