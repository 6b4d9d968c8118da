import { randomBytes } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import type { Pool } from 'pg';
import { requireDeclared } from './declared-errors.js';
import { patiently } from './patiently.js';
import { RouteRecorder } from './route-recorder.js';
import { send, type Answer, type Call } from './test-client.js';
import {
  createTestDatabase,
  serverUrl,
  type DatabaseSetup,
  type TestDatabase,
  type TestServers,
} from './test-database.js';
import { TestIssuer } from './test-issuer.js';

type Environment = Readonly<Record<string, string>>;

/** What is needed of a running service. */
export interface Instance {
  readonly url: string;
  readonly app: Pick<INestApplicationContext, 'get'>;
  drain(): Promise<void>;
}

/** A service as it really is; only its keys are the tests'. */
export interface ServiceSetup<I extends Instance> extends DatabaseSetup {
  /** Variables of this service, or other values of the common ones. Default: none. */
  readonly environment?: Environment;
  /** Starts one instance on a free port. `issuer` signs the tokens that it is to trust. */
  readonly start: (environment: Environment, issuer: TestIssuer) => Promise<I>;
}

/** Instances of one service on one database of their own, each on a port of its own. */
export class ServiceFleet<I extends Instance = Instance> {
  private constructor(
    readonly services: readonly I[],
    /** What the instances were started with. */
    readonly environment: Environment,
    readonly issuer: TestIssuer,
    private readonly testDatabase: TestDatabase,
  ) {}

  /** Starts so many instances at once. Their secrets are random; sessions need one copy only. */
  static async start<I extends Instance>(
    instances: number,
    servers: TestServers,
    setup: ServiceSetup<I>,
  ): Promise<ServiceFleet<I>> {
    const testDatabase = await createTestDatabase(servers, setup);
    const issuer = new TestIssuer('http://gateway.test');
    const environment = {
      REDIS_URL: serverUrl(servers, 'TEST_REDIS_URL'),
      DATABASE_URL: testDatabase.url,
      SESSION_SECRET: randomBytes(32).toString('base64url'),
      SEALING_SECRET: randomBytes(32).toString('base64url'),
      SESSION_DURABILITY: 'local',
      TOKEN_ISSUER: issuer.url,
      LOG_LEVEL: 'silent',
      DRAIN_DEADLINE_MS: '500',
      ...setup.environment,
    };
    const services = await Promise.all(
      Array.from({ length: instances }, () => patiently(() => setup.start(environment, issuer))),
    );
    return new ServiceFleet(services, environment, issuer, testDatabase);
  }

  /** The instances' database. */
  get database(): Pool {
    return this.testDatabase.pool;
  }

  /** The routes that are really registered; the setup's module must stand in `RouteRecorder.around`. */
  get recorder(): RouteRecorder {
    return this.at(0).app.get(RouteRecorder);
  }

  /** One of the instances, counted round. */
  at(index: number): I {
    const service = this.services[index % this.services.length];
    if (service === undefined) throw new Error('no instance runs');
    return service;
  }

  /** Sends a request to one of the instances. Rejects if the answer has an error code that the contract does not name. */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const answer = await send(method, `${this.at(call.at ?? 0).url}${path}`, call);
    requireDeclared(method, path, answer);
    return answer;
  }

  /** Drains all and deletes their database. */
  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.drain()));
    await this.testDatabase.drop();
  }
}
