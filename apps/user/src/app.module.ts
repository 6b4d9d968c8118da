import {
  DatabaseModule,
  ServiceDefaultsModule,
  type Identified,
  type ServiceExtras,
} from '@holdfast/service-defaults';
import { Module, type DynamicModule } from '@nestjs/common';
import type { UserConfig } from './config.js';
import { Database } from './db/database.js';
import { PreferencesController } from './preferences/preferences.controller.js';
import { InternalProfilesController } from './profiles/internal-profiles.controller.js';
import { ProfilesController } from './profiles/profiles.controller.js';
import { Profiles } from './profiles/profiles.js';
import { AccountRoles } from './users/account-roles.js';
import { UsersController } from './users/users.controller.js';

/** The user service: profiles and preferences. */
@Module({})
export class AppModule {
  /** `jwks`: where public keys come from; auth's by default. */
  static forRoot(config: Identified<UserConfig>, jwks?: ServiceExtras['jwks']): DynamicModule {
    const database = DatabaseModule.forRoot(config.DATABASE_URL);
    return {
      module: AppModule,
      imports: [ServiceDefaultsModule.forRoot(config, { name: 'user', database, ...(jwks && { jwks }) })],
      controllers: [ProfilesController, PreferencesController, UsersController, InternalProfilesController],
      providers: [Database, Profiles, AccountRoles],
    };
  }
}
