import { Module, type DynamicModule } from '@nestjs/common';
import { SignInController } from './sign-in.controller.js';
import { SignIn } from './sign-in.js';

/** Signing in. */
@Module({})
export class SignInModule {
  static forRoot(imports: DynamicModule[]): DynamicModule {
    return { module: SignInModule, imports, controllers: [SignInController], providers: [SignIn] };
  }
}
