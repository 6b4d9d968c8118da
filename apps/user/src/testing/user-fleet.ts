import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { migrateDatabase } from '@holdfast/postgres';
import {
  createService,
  createSessionManager,
  REDIS_READ,
  REDIS_WRITE,
  type RunningService,
} from '@holdfast/service-defaults';
import type { SessionManager } from '@holdfast/session-core';
import { SignJWT } from 'jose';
import pg from 'pg';
import { AppModule } from '../app.module.js';
import { readConfig, type UserConfig } from '../config.js';
import { RouteRecorder } from './route-recorder.js';

type Redis = Parameters<typeof createSessionManager>[1]['read'];

const ISSUER = 'http://gateway.test';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** One request. `at`: which instance, counted round. */
export interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly at?: number;
}

/** Instances of the real user service on one database of their own, and somebody who can sign in. */
export class UserFleet {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  private constructor(
    private readonly config: UserConfig,
    readonly database: pg.Pool,
    readonly services: RunningService[] = [],
  ) {}

  static async start(instances: number, redisUrl: string, serverUrl: string): Promise<UserFleet> {
    const databaseUrl = new URL(`/test_user_${randomBytes(6).toString('hex')}`, serverUrl).href;
    await migrateDatabase(databaseUrl, fileURLToPath(new URL('../../migrations', import.meta.url)));
    const config = readConfig({
      REDIS_URL: redisUrl,
      DATABASE_URL: databaseUrl,
      SESSION_SECRET: randomBytes(32).toString('base64url'),
      SESSION_DURABILITY: 'local',
      TOKEN_ISSUER: ISSUER,
      LOG_LEVEL: 'silent',
      DRAIN_DEADLINE_MS: '500',
    });
    const fleet = new UserFleet(config, new pg.Pool({ connectionString: databaseUrl, max: 2 }));
    for (let n = 0; n < instances; n += 1) await fleet.startInstance();
    return fleet;
  }

  /** Starts one more instance. */
  async startInstance(): Promise<RunningService> {
    const publicKey = createPublicKey(this.#keys.privateKey);
    const jwks = { useFactory: () => ({ getKey: async () => publicKey }) };
    const service = await createService({
      name: 'user',
      module: (config) => RouteRecorder.around(AppModule.forRoot(config, jwks)),
      config: this.config,
    });
    this.services.push(service);
    return service;
  }

  /** What is really registered. */
  get routes(): ReadonlySet<string> {
    return this.#service(0).app.get(RouteRecorder).routes;
  }

  /** Begins a session, as auth would. */
  async signIn(roles: readonly string[] = ['user'], userId: string = randomUUID()): Promise<Person> {
    const { app } = this.#service(0);
    const redis = {
      read: app.get<Redis>(REDIS_READ, { strict: false }),
      write: app.get<Redis>(REDIS_WRITE, { strict: false }),
    };
    const ring = { activeKeyId: 'test', keys: { test: randomBytes(32).toString('base64url') } };
    const manager = createSessionManager(this.config, redis, ring);
    const { session } = await manager.begin({
      userId,
      roles,
      client: { ip: '127.0.0.1', userAgent: 'test' },
    });
    const { sessionId } = session.record;
    const times = { auth_time: Math.floor(Date.now() / 1000), acr: '1' };
    const claims = { sid: sessionId, client_id: 'test', roles, ...times };
    return new Person(this, manager, { userId, sessionId, token: await this.#sign(userId, claims) });
  }

  /** The token of another service, as auth issues it to itself. */
  async serviceToken(service: string): Promise<string> {
    return this.#sign(service, { client_id: service, scope: 'internal' });
  }

  async call(method: string, path: string, { body, headers, at = 0 }: Call = {}): Promise<Answer> {
    const response = await fetch(`${this.#service(at).url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, text, body: parsed, headers: response.headers };
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.drain()));
    await this.database.end();
    const { pathname } = new URL(this.config.DATABASE_URL);
    const server = new pg.Client({ connectionString: new URL('/postgres', this.config.DATABASE_URL).href });
    await server.connect();
    await server.query(`DROP DATABASE "${pathname.slice(1)}" WITH (FORCE)`);
    await server.end();
  }

  #sign(subject: string, claims: Record<string, unknown>): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test-key' })
      .setIssuer(ISSUER)
      .setAudience('holdfast')
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(this.#keys.privateKey);
  }

  #service(index: number): RunningService {
    const service = this.services[index % this.services.length];
    if (service === undefined) throw new Error('no instance runs');
    return service;
  }
}

/** Somebody with a session. */
export class Person {
  readonly userId: string;
  readonly sessionId: string;

  constructor(
    private readonly fleet: UserFleet,
    readonly sessions: SessionManager,
    private readonly signedIn: {
      readonly userId: string;
      readonly sessionId: string;
      readonly token: string;
    },
  ) {
    this.userId = signedIn.userId;
    this.sessionId = signedIn.sessionId;
  }

  call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.signedIn.token}`, ...call.headers };
    return this.fleet.call(method, path, { ...call, headers });
  }
}
