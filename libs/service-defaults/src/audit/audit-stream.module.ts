import { Sealing } from '@holdfast/session-core';
import type { Redis } from '@holdfast/session-redis';
import { Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { ServiceConfig } from '../environment.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { REDIS_GENERAL } from '../redis.module.js';
import { settled } from '../settled.js';
import { AuditStream } from './audit-stream.js';

const GOODBYE_WITHIN_MS = 500;

/** Where events of sessions go: exports `AuditStream`. What waits at a shutdown is sent. */
@Module({})
export class AuditStreamModule implements BeforeApplicationShutdown {
  constructor(private readonly stream: AuditStream) {}

  /** @param redis - the module that exports `REDIS_GENERAL` */
  static forRoot(redis: DynamicModule, config: ServiceConfig): DynamicModule {
    const useFactory = (general: Redis, registry: Registry) =>
      new AuditStream({
        redis: general,
        sealing: new Sealing({ secret: config.SEALING_SECRET, previous: config.SEALING_SECRET_PREVIOUS }),
        maxLength: config.AUDIT_STREAM_LENGTH,
        onLost: countLost(registry),
      });
    return {
      module: AuditStreamModule,
      imports: [redis, MetricsModule],
      providers: [{ provide: AuditStream, inject: [REDIS_GENERAL, Registry], useFactory }],
      exports: [AuditStream],
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await settled(this.stream.close(), GOODBYE_WITHIN_MS);
  }
}

function countLost(registry: Registry): (count: number) => void {
  const lost = new Counter({
    name: 'holdfast_audit_events_dropped_total',
    help: 'Events that this process could not send to the audit trail and dropped',
    registers: [registry],
  });
  return (count) => lost.inc(count);
}
