import { Belief, createRedis, JournalAcknowledgements } from '@holdfast/session-redis';
import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceConfig } from './environment.js';
import { redisConfig } from './redis.module.js';

/** Who ends sessions hears from all others that they refuse them: exports `JournalAcknowledgements`. */
@Module({})
export class AcknowledgementsModule implements OnApplicationShutdown {
  constructor(private readonly acknowledgements: JournalAcknowledgements) {}

  /** @param verifiedWithinMs - who has verified nothing for so long is not waited for */
  static forRoot(redis: DynamicModule, config: ServiceConfig, verifiedWithinMs: number): DynamicModule {
    const useFactory = (belief: Belief) =>
      new JournalAcknowledgements({
        belief,
        redis: createRedis(redisConfig(config), 'general'),
        verifiedWithinMs,
      });
    return {
      module: AcknowledgementsModule,
      imports: [redis],
      providers: [{ provide: JournalAcknowledgements, inject: [Belief], useFactory }],
      exports: [JournalAcknowledgements],
    };
  }

  onApplicationShutdown(): void {
    this.acknowledgements.close();
  }
}
