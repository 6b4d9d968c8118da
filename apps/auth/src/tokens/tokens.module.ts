import { Module, type DynamicModule } from '@nestjs/common';
import { SigningKeys } from '../keys/signing-keys.js';
import { AccessTokens, TOKEN_SETTINGS, type AccessTokenSettings } from './access-tokens.js';

/** Signing access tokens. */
@Module({})
export class TokensModule {
  static forRoot(keys: DynamicModule, settings: AccessTokenSettings): DynamicModule {
    const useFactory = (signingKeys: SigningKeys) => new AccessTokens(signingKeys, settings);
    return {
      module: TokensModule,
      imports: [keys],
      providers: [
        { provide: AccessTokens, inject: [SigningKeys], useFactory },
        { provide: TOKEN_SETTINGS, useValue: settings },
      ],
      exports: [AccessTokens, TOKEN_SETTINGS],
    };
  }
}
