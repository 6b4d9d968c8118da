import { Module, type DynamicModule } from '@nestjs/common';
import { AdministrationController } from './administration.controller.js';
import { Administration } from './administration.js';
import { AdministrationStore } from './administration-store.js';
import { InternalAccountsController } from './internal-accounts.controller.js';

/** Accounts as others look after them: administrators, and the user service. */
@Module({})
export class AdministrationModule {
  static forRoot(imports: DynamicModule[]): DynamicModule {
    return {
      module: AdministrationModule,
      imports,
      controllers: [AdministrationController, InternalAccountsController],
      providers: [Administration, AdministrationStore],
    };
  }
}
