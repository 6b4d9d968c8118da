import { Module, type DynamicModule } from '@nestjs/common';
import { AccountStore } from './account-store.js';
import { AdminSeed, type AdminCredentials } from './admin-seed.js';
import { Passwords } from './passwords.js';
import { ProfileFinisher } from './profile-finisher.js';
import { Profiles } from './profiles.js';
import { RegistrationController } from './registration.controller.js';
import { Registration } from './registration.js';
import { UserService } from './user-service.js';

/** Accounts: who may sign in, and the profiles that belong to them. */
@Module({})
export class AccountsModule {
  static forRoot(imports: DynamicModule[], admin: AdminCredentials | undefined): DynamicModule {
    return {
      module: AccountsModule,
      imports,
      controllers: [RegistrationController],
      providers: [
        { provide: Passwords, useFactory: () => Passwords.create() },
        {
          provide: AdminSeed,
          inject: [AccountStore, Passwords],
          useFactory: (accounts: AccountStore, passwords: Passwords) =>
            new AdminSeed(accounts, passwords, admin),
        },
        AccountStore,
        ProfileFinisher,
        Profiles,
        Registration,
        UserService,
      ],
      exports: [AccountStore, Passwords, Profiles],
    };
  }
}
