import { systemClock } from '@holdfast/session-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { AccountTotpController } from './account-totp.controller.js';
import { SecondFactorStore } from './second-factor-store.js';
import { SecondFactor } from './second-factor.js';
import { TotpController } from './totp.controller.js';

/** Second factors: exports `SecondFactor`. */
@Module({})
export class SecondFactorModule {
  /** @param secret - `ACCOUNT_SECRET` */
  static forRoot(imports: DynamicModule[], secret: string): DynamicModule {
    return {
      module: SecondFactorModule,
      imports,
      controllers: [TotpController, AccountTotpController],
      providers: [
        SecondFactorStore,
        {
          provide: SecondFactor,
          inject: [SecondFactorStore],
          useFactory: (store: SecondFactorStore) => new SecondFactor(store, secret, systemClock),
        },
      ],
      exports: [SecondFactor],
    };
  }
}
