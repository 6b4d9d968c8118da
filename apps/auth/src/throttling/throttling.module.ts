import { REDIS_GENERAL } from '@holdfast/service-defaults';
import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Ceilings } from './ceilings.js';
import { AccountFailures, AddressFailures } from './failures.js';
import { SharedTurns } from './shared-turns.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { ThrottleKeys } from './throttle-keys.js';

/** What is too much. */
export interface ThrottleSettings {
  /** `ACCOUNT_SECRET` */
  readonly secret: string;
  readonly accountFailures: number;
  readonly addressFailures: number;
  readonly windowMs: number;
  /** A second; 0: no ceiling. */
  readonly ceilingPerAddress: number;
}

/** Limits on guessing and on floods, which all instances share in Redis. */
@Module({})
export class ThrottlingModule {
  /** @param defaults - the module that exports `REDIS_GENERAL` */
  static forRoot(defaults: DynamicModule, settings: ThrottleSettings): DynamicModule {
    return {
      module: ThrottlingModule,
      imports: [defaults],
      providers: [
        { provide: ThrottleKeys, useFactory: () => new ThrottleKeys(settings.secret) },
        throttleProvider(settings),
        ceilingsProvider(settings),
      ],
      exports: [SignInThrottle, Ceilings, ThrottleKeys],
    };
  }
}

function throttleProvider(settings: ThrottleSettings): FactoryProvider<SignInThrottle> {
  const { secret, accountFailures, addressFailures, windowMs } = settings;
  return {
    provide: SignInThrottle,
    inject: [REDIS_GENERAL],
    useFactory: (redis: Redis) =>
      new SignInThrottle({
        keys: new ThrottleKeys(secret),
        accounts: new AccountFailures(redis, { failures: accountFailures, windowMs }),
        addresses: new AddressFailures(redis, { failures: addressFailures, windowMs }),
        shared: new SharedTurns(redis),
      }),
  };
}

function ceilingsProvider({ secret, ceilingPerAddress }: ThrottleSettings): FactoryProvider<Ceilings> {
  return {
    provide: Ceilings,
    inject: [REDIS_GENERAL],
    useFactory: (redis: Redis) => new Ceilings(redis, new ThrottleKeys(secret), ceilingPerAddress),
  };
}
