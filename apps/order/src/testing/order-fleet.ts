import { fileURLToPath } from 'node:url';
import { createPool, migrateDatabase } from '@holdfast/postgres';
import { createService, createSessionManager, type RunningService } from '@holdfast/service-defaults';
import { RouteRecorder, ServiceFleet, type TestServers, type Visitor } from '@holdfast/service-testing';
import type { SessionManager } from '@holdfast/session-core';
import { Belief } from '@holdfast/session-redis';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';
import { Shopper } from './shopper.js';

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
  const belief = app.get(Belief, { strict: false });
  const { refreshKeys } = fleet.issuer;
  return createSessionManager(readConfig(fleet.environment), belief, { owner, refreshKeys });
}
