import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Readiness } from '../readiness.js';
import { DependencyHealth, HEALTH_CHECKS, type HealthCheck } from './dependency-health.js';
import { HealthController } from './health.controller.js';

/** Where the checks of `/healthz` come from. */
export type ProbesOptions = Pick<ModuleMetadata, 'imports'> &
  Pick<FactoryProvider<readonly HealthCheck[]>, 'inject' | 'useFactory'>;

/** `/livez`, `/readyz` and `/healthz` of a process. Exports `Readiness`, which says what `/readyz` answers. */
@Module({})
export class ProbesModule {
  static forRoot({ imports = [], inject = [], useFactory }: ProbesOptions): DynamicModule {
    return {
      module: ProbesModule,
      imports: [...imports, TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [Readiness, DependencyHealth, { provide: HEALTH_CHECKS, inject, useFactory }],
      exports: [Readiness],
    };
  }
}
