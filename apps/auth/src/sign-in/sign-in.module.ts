import { Module, type DynamicModule } from '@nestjs/common';
import { AuthMetricsModule } from '../metrics/auth-metrics.module.js';
import { Credentials } from './credentials.js';
import { LateRegistration } from './late-registration.js';
import { Proofs } from './proofs.js';
import { SignInController } from './sign-in.controller.js';
import { SignInAudit } from './sign-in-audit.js';
import { SignIn } from './sign-in.js';
import { StepUpController } from './step-up.controller.js';
import { StepUp } from './step-up.js';

/** Signing in, and proving it again. */
@Module({})
export class SignInModule {
  static forRoot(imports: DynamicModule[]): DynamicModule {
    return {
      module: SignInModule,
      imports: [...imports, AuthMetricsModule],
      controllers: [SignInController, StepUpController],
      providers: [Credentials, LateRegistration, Proofs, SignIn, SignInAudit, StepUp],
    };
  }
}
