import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { AccountStore } from '../accounts/account-store.js';
import { Passwords } from '../accounts/passwords.js';
import { Notices } from '../mail/notices.js';
import { SessionEnds } from '../sessions/session-ends.js';
import { SignInThrottle } from '../throttling/sign-in-throttle.js';
import { PasswordChange } from './password-change.js';
import { PasswordController } from './password.controller.js';
import { PasswordResetsController } from './password-resets.controller.js';
import { PasswordResets, type PasswordResetSettings } from './password-resets.js';
import { PasswordStore } from './password-store.js';

/** Passwords that change, and those that are forgotten. */
@Module({})
export class PasswordsModule {
  static forRoot(imports: DynamicModule[], settings: PasswordResetSettings): DynamicModule {
    return {
      module: PasswordsModule,
      imports,
      controllers: [PasswordController, PasswordResetsController],
      providers: [PasswordChange, PasswordStore, resetsProvider(settings)],
    };
  }
}

function resetsProvider(settings: PasswordResetSettings): FactoryProvider<PasswordResets> {
  return {
    provide: PasswordResets,
    inject: [AccountStore, PasswordStore, Passwords, SessionEnds, Notices, SignInThrottle],
    useFactory: (
      ...[accounts, store, passwords, ends, notices, throttle]: [
        AccountStore,
        PasswordStore,
        Passwords,
        SessionEnds,
        Notices,
        SignInThrottle,
      ]
    ) => new PasswordResets({ accounts, store, passwords, ends, notices, throttle }, settings),
  };
}
