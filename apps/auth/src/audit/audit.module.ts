import {
  AuditStreamModule,
  MetricsModule,
  REDIS_GENERAL,
  type ServiceConfig,
} from '@holdfast/service-defaults';
import { Sealing } from '@holdfast/session-core';
import type { Redis } from '@holdfast/session-redis';
import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { Database } from '../db/database.js';
import { AuditTrail } from './audit-trail.js';
import { AuditChain } from './chain.js';
import { Duty } from './duty.js';
import { putInOutbox } from './outbox.js';
import { Retention, type Retentions } from './retention.js';
import { Sealer } from './sealer.js';
import { StreamMover } from './stream-mover.js';

/** What the trail needs of the configuration. */
export interface AuditSettings {
  readonly instanceId: string;
  /** `AUDIT_SECRET` */
  readonly secret: string;
  readonly previous: readonly string[];
  readonly keepMs: Retentions;
}

const LOST = Symbol('LOST');

/** Where events are told: exports `AuditTrail`, `AuditStream`, and the parts that keep the trail. */
@Module({})
export class AuditModule {
  /** @param imports - the database, and the module that exports `REDIS_GENERAL` */
  static forRoot(
    imports: readonly [database: DynamicModule, redis: DynamicModule],
    config: ServiceConfig,
    settings: AuditSettings,
  ): DynamicModule {
    const stream = AuditStreamModule.forRoot(imports[1], config);
    const parts = partsOf(config, settings);
    return {
      module: AuditModule,
      imports: [...imports, stream, MetricsModule],
      providers: parts,
      exports: [stream, ...parts.map(({ provide }) => provide)],
    };
  }
}

type CountLost = (count: number) => void;

function partsOf(config: ServiceConfig, settings: AuditSettings): FactoryProvider[] {
  const { instanceId, secret, previous, keepMs } = settings;
  const chain = new AuditChain(secret, previous);
  const sealing = new Sealing({ secret: config.SEALING_SECRET, previous: config.SEALING_SECRET_PREVIOUS });
  const put = (database: Database) => (events: Parameters<typeof putInOutbox>[1]) =>
    putInOutbox(database.orm, events);
  return [
    { provide: LOST, inject: [Registry], useFactory: countLost },
    {
      provide: AuditTrail,
      inject: [Database, LOST],
      useFactory: (database: Database, onLost: CountLost) => new AuditTrail(put(database), onLost),
    },
    {
      provide: StreamMover,
      inject: [REDIS_GENERAL, Database, LOST],
      useFactory: (redis: Redis, database: Database, onLost: CountLost) =>
        new StreamMover({ redis, sealing, put: put(database), onLost }),
    },
    { provide: Duty, inject: [Database], useFactory: (database: Database) => new Duty(database, instanceId) },
    { provide: Sealer, inject: [Database], useFactory: (database: Database) => new Sealer(database, chain) },
    {
      provide: Retention,
      inject: [Database],
      useFactory: (database: Database) => new Retention(database, chain, keepMs),
    },
  ];
}

function countLost(registry: Registry): CountLost {
  const lost = new Counter({
    name: 'holdfast_audit_events_lost_total',
    help: 'Events that the audit trail will never have, as far as this process knows',
    registers: [registry],
  });
  return (count) => lost.inc(count);
}
