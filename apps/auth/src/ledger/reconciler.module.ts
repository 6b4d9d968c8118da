import {
  createSessionStore,
  REDIS_WRITE,
  settled,
  type Identified,
  type ServiceConfig,
} from '@holdfast/service-defaults';
import type { SessionsEnded } from '@holdfast/session-core';
import { Belief, Reconciler, type Redis } from '@holdfast/session-redis';
import { Logger, Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { PostgresRevocationLedger } from './postgres-revocation-ledger.js';

const GOODBYE_WITHIN_MS = 1_000;

/**
 * Brings the session store to where the ledger is: finishes what a crash has left, and has a primary believed only when
 * it knows all that is over. Every instance does it; one would be enough.
 */
@Module({})
export class ReconcilerModule implements OnModuleDestroy {
  constructor(private readonly reconciler: Reconciler) {}

  /** @param imports - of the ledger, and of the Redis connections with their belief */
  static forRoot(imports: DynamicModule[], config: Identified<ServiceConfig>): DynamicModule {
    const useFactory = (ledger: PostgresRevocationLedger, belief: Belief, write: Redis) =>
      reconcilerOf(config, { ledger, belief, write });
    return {
      module: ReconcilerModule,
      imports,
      providers: [
        { provide: Reconciler, inject: [PostgresRevocationLedger, Belief, REDIS_WRITE], useFactory },
      ],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await settled(this.reconciler.close(), GOODBYE_WITHIN_MS);
  }
}

function reconcilerOf(
  config: ServiceConfig,
  parts: { readonly ledger: PostgresRevocationLedger; readonly belief: Belief; readonly write: Redis },
): Reconciler {
  const logger = new Logger('Reconciler');
  return new Reconciler({
    ...parts,
    store: createSessionStore(config, parts.belief.unfenced),
    onEnded: ({ sessionIds, because, userId }: SessionsEnded) =>
      logger.log({ msg: 'Sessions ended: the ledger had it, the store not', because, userId, sessionIds }),
    onTrouble: (failure) => {
      if (failure) logger.warn({ msg: 'The session store cannot be reconciled for now', err: failure });
      else logger.log({ msg: 'The session store is reconciled with the ledger' });
    },
  });
}
