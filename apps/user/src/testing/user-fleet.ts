import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { createPool, migrateDatabase } from '@holdfast/postgres';
import { createService, createSessionManager, type RunningService } from '@holdfast/service-defaults';
import {
  RouteRecorder,
  ServiceFleet,
  SignedIn,
  type TestServers,
  type Visitor,
} from '@holdfast/service-testing';
import { Belief } from '@holdfast/session-redis';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';
import { AuthStandIn } from './auth-stand-in.js';

/** Instances of the real user service. */
export type UserFleet = ServiceFleet<RunningService>;

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

export function startUserFleet(
  instances: number,
  servers: TestServers,
  clientSecret = newSecret(),
): Promise<UserFleet> {
  return ServiceFleet.start(instances, servers, {
    name: 'user',
    environment: { CLIENT_SECRET: clientSecret },
    migrate: (databaseUrl) => migrateDatabase(databaseUrl, migrations),
    connect: createPool,
    start: (environment, issuer) =>
      createService({
        name: 'user',
        module: (config) => RouteRecorder.around(AppModule.forRoot(config, { useFactory: () => issuer })),
        config: readConfig(environment),
      }),
  });
}

/**
 * A fleet that finds an auth service: a stand-in. `redisDatabase`: where they are listed, one for each that runs at a
 * time, of this service's specs and of others', so that none finds another's.
 */
export async function startUserFleetWithAuth(
  instances: number,
  servers: TestServers,
  redisDatabase: number,
): Promise<{ fleet: UserFleet; auth: AuthStandIn; stop(): Promise<void> }> {
  const clientSecret = newSecret();
  const auth = await AuthStandIn.start(clientSecret);
  const redis = new URL(`/${redisDatabase}`, servers.TEST_REDIS_URL).href;
  const fleet = await startUserFleet(instances, { ...servers, TEST_REDIS_URL: redis }, clientSecret);
  auth.issue(await fleet.issuer.serviceToken('user'));
  const member = { id: 'auth-stand-in', service: 'auth', state: 'ready', url: auth.url } as const;
  const registry = fleet.at(0).app.get(RedisRegistry, { strict: false });
  await registry.announce({ ...member, pid: process.pid, startedAt: Date.now() });
  const stop = async () => {
    await registry.withdraw(member.id);
    await fleet.stop();
    await auth.stop();
  };
  return { fleet, auth, stop };
}

/** Begins a session, as auth would. */
export function signIn(fleet: UserFleet, visitor?: Visitor): Promise<SignedIn> {
  const { app } = fleet.at(0);
  const belief = app.get(Belief, { strict: false });
  const { refreshKeys } = fleet.issuer;
  const sessions = createSessionManager(readConfig(fleet.environment), belief, { refreshKeys });
  return SignedIn.begin(fleet, sessions, visitor);
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
