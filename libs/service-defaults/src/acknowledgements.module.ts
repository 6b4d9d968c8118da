import { Belief, createRedis, JournalAcknowledgements } from '@holdfast/session-redis';
import { Module, Optional, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceConfig } from './environment.js';
import { redisConfig } from './redis.module.js';

/** Who ends sessions hears from all others that they refuse them: exports `JournalAcknowledgements`. */
@Module({})
export class AcknowledgementsModule implements OnApplicationShutdown {
  constructor(@Optional() private readonly acknowledgements?: JournalAcknowledgements) {}

  /** @param verifiedWithinMs - who has verified nothing for so long is not waited for; without it nobody is */
  static forRoot(redis: DynamicModule, config: ServiceConfig, verifiedWithinMs?: number): DynamicModule {
    const useFactory = (belief: Belief) =>
      new JournalAcknowledgements({
        belief,
        redis: createRedis(redisConfig(config), 'general'),
        verifiedWithinMs: verifiedWithinMs ?? 0,
      });
    const ours = { provide: JournalAcknowledgements, inject: [Belief], useFactory };
    const isWanted = verifiedWithinMs !== undefined;
    return {
      module: AcknowledgementsModule,
      imports: [redis],
      providers: isWanted ? [ours] : [],
      exports: isWanted ? [JournalAcknowledgements] : [],
    };
  }

  onApplicationShutdown(): void {
    this.acknowledgements?.close();
  }
}
