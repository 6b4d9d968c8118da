import { fileURLToPath } from 'node:url';
import { createPool, migrateDatabase } from '@holdfast/postgres';
import {
  createService,
  createSessionManager,
  REDIS_READ,
  REDIS_WRITE,
  type RunningService,
} from '@holdfast/service-defaults';
import { RouteRecorder, ServiceFleet, type TestServers, type Visitor } from '@holdfast/service-testing';
import type { SessionManager } from '@holdfast/session-core';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';
import { Shopper } from './shopper.js';

type Redis = Parameters<typeof createSessionManager>[1]['read'];

/** Instances of the real order service. */
export type OrderFleet = ServiceFleet<RunningService>;

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

export function startOrderFleet(instances: number, servers: TestServers): Promise<OrderFleet> {
  return ServiceFleet.start(instances, servers, {
    name: 'order',
    migrate: (databaseUrl) => migrateDatabase(databaseUrl, migrations),
    connect: createPool,
    start: (environment, issuer) =>
      createService({
        name: 'order',
        module: (config) => RouteRecorder.around(AppModule.forRoot(config, { useFactory: () => issuer })),
        config: readConfig(environment),
      }),
  });
}

/** Begins a session, as auth would. */
export function signIn(fleet: OrderFleet, visitor?: Visitor): Promise<Shopper> {
  return Shopper.begin(fleet, sessionsOf(fleet, 'order'), visitor);
}

/** The sessions of a fleet, for who writes this service's data in them. */
export function sessionsOf(fleet: OrderFleet, owner: string): SessionManager {
  const { app } = fleet.at(0);
  const redis = {
    read: app.get<Redis>(REDIS_READ, { strict: false }),
    write: app.get<Redis>(REDIS_WRITE, { strict: false }),
  };
  const { refreshKeys } = fleet.issuer;
  return createSessionManager(readConfig(fleet.environment), redis, { owner, refreshKeys });
}
