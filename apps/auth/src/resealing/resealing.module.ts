import { Sealing, SessionIds, SessionKeys } from '@holdfast/session-core';
import { REDIS_GENERAL } from '@holdfast/service-defaults';
import { Resealer, type Redis } from '@holdfast/session-redis';
import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Resealing } from './resealing.js';

/** Two at it would do no harm, only everything twice. */
const LOCK = 'hf:resealing';
const LOCK_MS = 60_000;

/** What the job needs of the configuration. */
export interface ResealingSettings {
  readonly instanceId: string;
  readonly sessionSecret: string;
  readonly sealingSecret: string;
  readonly previous: readonly string[];
  /** Sessions that no secret opens are ended. */
  readonly endUnreadable: boolean;
  /** How long an ended session can say why, in milliseconds. */
  readonly tombstoneMs: number;
}

const RESEALING = Symbol('RESEALING');

/** Seals anew what older secrets have sealed; without an older one, and none lost, there is nothing to do. */
@Module({})
export class ResealingModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(RESEALING) private readonly job: Resealing | undefined) {}

  static forRoot(imports: DynamicModule[], settings: ResealingSettings): DynamicModule {
    const useFactory = (redis: Redis) => jobOf(redis, settings);
    return {
      module: ResealingModule,
      imports,
      providers: [{ provide: RESEALING, inject: [REDIS_GENERAL], useFactory }],
    };
  }

  onApplicationBootstrap(): void {
    this.job?.start();
  }

  onModuleDestroy(): void {
    this.job?.stop();
  }
}

function jobOf(redis: Redis, settings: ResealingSettings): Resealing | undefined {
  const { sealingSecret: secret, previous, endUnreadable, tombstoneMs } = settings;
  if (previous.length === 0 && !endUnreadable) return undefined;
  const resealer = new Resealer({
    redis,
    ids: new SessionIds(SessionKeys.fromSecret(settings.sessionSecret)),
    sealing: new Sealing({ secret, previous }),
    endUnreadable,
    tombstoneMs,
    onProgress: (progress) => job.tell(progress),
  });
  const alone = async <T>(pass: () => Promise<T>) => {
    if ((await redis.set(LOCK, settings.instanceId, 'PX', LOCK_MS, 'NX')) === null) return undefined;
    return pass().finally(() => redis.del(LOCK));
  };
  const job: Resealing = new Resealing({ resealer, alone, logger: new Logger('Resealing') });
  return job;
}
