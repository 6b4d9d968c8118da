import type { TokenAuthority } from '@holdfast/service-defaults';
import { DataSealer, SealedCredentials, type RingSecrets } from '@holdfast/session-token';
import { AccountStore } from '../accounts/account-store.js';
import type { AuthConfig } from '../config.js';
import type { Database } from '../db/database.js';
import { publicJwkOf, type PublicJwk } from '../keys/signing-key.js';
import type { PostgresRevocationLedger } from '../ledger/postgres-revocation-ledger.js';

/** Verifiers take a token for so long after its end: clocks differ. */
const CLOCK_TOLERANCE_MS = 5_000;

/** What this service alone has where clients carry their sessions: the keys of their credentials, and the accounts. */
export function tokenAuthority(
  config: AuthConfig,
  database: Database,
  ledger: PostgresRevocationLedger,
): TokenAuthority {
  const accounts = new AccountStore(database);
  return {
    credentials: new SealedCredentials(refreshSecrets(config)),
    sealer: dataSealer(config),
    ledger,
    boundMs: config.ACCESS_TOKEN_TTL_MS + CLOCK_TOLERANCE_MS,
    account: async (userId) => {
      const account = await accounts.findById(userId);
      const disabledAt = account?.disabledAt?.getTime();
      return account && { roles: account.roles, ...(disabledAt !== undefined && { disabledAt }) };
    },
  };
}

/** Seals and signs what clients carry. */
export function dataSealer(config: AuthConfig): DataSealer {
  const sealing = { secret: config.SEALING_SECRET, previous: config.SEALING_SECRET_PREVIOUS };
  return new DataSealer(sealing, refreshSecrets(config));
}

/** The public keys with which services verify that, as the key set has them. */
export function dataKeys(config: AuthConfig): readonly PublicJwk[] {
  if (config.SESSION_STRATEGY !== 'token') return [];
  return [...dataSealer(config).publicKeys].map(([kid, key]) => publicJwkOf(kid, key));
}

function refreshSecrets({
  REFRESH_SECRET: secret,
  REFRESH_SECRET_PREVIOUS: previous,
}: AuthConfig): RingSecrets {
  return { secret, previous };
}
