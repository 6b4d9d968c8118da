import { askPostgres, initialise, postgresCommand, type PostgresCluster } from './postgres-cluster.js';
import type { ProcessPlan } from './managed-process.js';

const RANK = 3;
const STOP_WITHIN_MS = 8_000;

/** The plan of the fleet's Postgres. SIGINT is its fast shutdown: it ends connections instead of waiting for them. */
export function postgresPlan(cluster: PostgresCluster): ProcessPlan {
  return {
    id: 'postgres',
    rank: RANK,
    signal: 'SIGINT',
    stopWithinMs: STOP_WITHIN_MS,
    readiness: {
      kind: 'answers',
      port: cluster.port,
      answers: async () => (await askPostgres(cluster)) === 'open',
    },
    // SIGTERM is its smart shutdown: pooled connections never leave, so it would wait for ever.
    isLingering: async () => (await askPostgres(cluster)) === 'shutting-down',
    prepare: async () => {
      await initialise(cluster);
      return postgresCommand(cluster);
    },
  };
}
