import { Module, type DynamicModule } from '@nestjs/common';
import { ISSUER, MetadataController } from './metadata.controller.js';
import { OAuthController } from './oauth.controller.js';
import { TokenGrant } from './token-grant.js';
import { TokenRevocation } from './token-revocation.js';

/** The OAuth endpoints: refresh, revocation, metadata. */
@Module({})
export class OAuthModule {
  static forRoot(imports: DynamicModule[], issuer: string): DynamicModule {
    return {
      module: OAuthModule,
      imports,
      controllers: [OAuthController, MetadataController],
      providers: [TokenGrant, TokenRevocation, { provide: ISSUER, useValue: issuer }],
    };
  }
}
