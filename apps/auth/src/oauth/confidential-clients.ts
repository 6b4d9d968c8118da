import { createHash } from 'node:crypto';
import { INTERNAL_SCOPE, METRICS_CLIENT_ID, METRICS_SCOPE } from '@holdfast/contracts';
import type { RegisteredClient } from './oauth-clients.js';

/** What the confidential clients are known by. */
export interface ClientSecrets {
  /** `SERVICE_CLIENTS`: the SHA-256 of each service's secret, base64url, by the service's name. */
  readonly serviceClients: ReadonlyMap<string, string>;
  /** `METRICS_CLIENT_SECRET`. Without it there is no such client. */
  readonly metricsSecret: string | undefined;
}

/** What is known of a client's secret: its SHA-256, base64url. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** The services of the platform, and who collects metrics. */
export function confidentialClients({
  serviceClients,
  metricsSecret,
}: ClientSecrets): ReadonlyMap<string, RegisteredClient> {
  const clients = new Map<string, RegisteredClient>();
  for (const [id, hash] of serviceClients) clients.set(id, { hash, scope: INTERNAL_SCOPE });
  if (metricsSecret !== undefined) {
    clients.set(METRICS_CLIENT_ID, { hash: hashOfSecret(metricsSecret), scope: METRICS_SCOPE });
  }
  return clients;
}
