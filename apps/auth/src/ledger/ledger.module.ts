import { settled } from '@holdfast/service-defaults';
import { Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { LedgerPruning } from './ledger-pruning.js';
import { PostgresRevocationLedger } from './postgres-revocation-ledger.js';

const GOODBYE_WITHIN_MS = 2_000;

/** The ledger of revocations: exports `PostgresRevocationLedger`. Closed once the last request is over. */
@Module({})
export class LedgerModule implements OnApplicationShutdown {
  constructor(private readonly ledger: PostgresRevocationLedger) {}

  /** @param keepMs - how long an entry stays: longer than any session lives, and its tombstone after it */
  static forRoot(databaseUrl: string, keepMs: number): DynamicModule {
    const logger = new Logger('Postgres');
    const connect = () =>
      PostgresRevocationLedger.connect(databaseUrl, ({ message }) => logger.warn(message));
    const pruning = (ledger: PostgresRevocationLedger) => new LedgerPruning(ledger, keepMs);
    return {
      module: LedgerModule,
      providers: [
        { provide: PostgresRevocationLedger, useFactory: connect },
        { provide: LedgerPruning, inject: [PostgresRevocationLedger], useFactory: pruning },
      ],
      exports: [PostgresRevocationLedger],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    // A server that hangs does not say goodbye.
    await settled(this.ledger.close(), GOODBYE_WITHIN_MS);
  }
}
