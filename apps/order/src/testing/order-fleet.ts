import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
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
import { readConfig, type OrderConfig } from '../config.js';
import { RouteRecorder } from './route-recorder.js';

type Redis = Parameters<typeof createSessionManager>[1]['read'];

const ISSUER = 'http://gateway.test';
const KEY_ID = 'test-key';

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

/** Instances of the real order service on one database of their own, and somebody who can sign in. */
export class OrderFleet {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  private constructor(
    private readonly config: OrderConfig,
    readonly database: pg.Pool,
    readonly services: RunningService[] = [],
  ) {}

  static async start(instances: number, redisUrl: string, serverUrl: string): Promise<OrderFleet> {
    const databaseUrl = new URL(`/test_order_${randomBytes(6).toString('hex')}`, serverUrl).href;
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
    const fleet = new OrderFleet(config, new pg.Pool({ connectionString: databaseUrl, max: 2 }));
    for (let n = 0; n < instances; n += 1) await fleet.startInstance();
    return fleet;
  }

  /** Starts one more instance. */
  async startInstance(): Promise<RunningService> {
    const publicKey = createPublicKey(this.#keys.privateKey);
    const jwks = { useFactory: () => ({ getKey: async () => publicKey }) };
    const service = await createService({
      name: 'order',
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
  async signIn(userId: string = randomUUID()): Promise<Shopper> {
    const { app } = this.#service(0);
    const redis = {
      read: app.get<Redis>(REDIS_READ, { strict: false }),
      write: app.get<Redis>(REDIS_WRITE, { strict: false }),
    };
    const ring = { activeKeyId: 'test', keys: { test: randomBytes(32).toString('base64url') } };
    const manager = createSessionManager(this.config, redis, ring);
    const client = { ip: '127.0.0.1', userAgent: 'test' };
    const { session } = await manager.begin({ userId, roles: ['user'], client });
    const { sessionId } = session.record;
    return new Shopper(this, manager, {
      userId,
      sessionId,
      token: await token(this.#keys.privateKey, userId, sessionId),
    });
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

  #service(index: number): RunningService {
    const service = this.services[index % this.services.length];
    if (service === undefined) throw new Error('no instance runs');
    return service;
  }
}

/** Somebody with a session. */
export class Shopper {
  readonly userId: string;
  readonly sessionId: string;

  constructor(
    private readonly fleet: OrderFleet,
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

  /** Puts so many of a product in the cart. */
  put(productId: string, quantity: unknown, at = 0): Promise<Answer> {
    return this.call('PUT', `/cart/items/${productId}`, { body: { quantity }, at });
  }

  /** Orders the cart under a key. */
  order(key: string, { body, at }: Call = {}): Promise<Answer> {
    return this.call('POST', '/orders', { headers: { 'idempotency-key': key }, body, at });
  }

  /** The cart's quantities by product. */
  async cart(): Promise<Record<string, number>> {
    const { body } = await this.call('GET', '/cart');
    const items = body['items'] as { productId: string; quantity: number }[];
    return Object.fromEntries(items.map(({ productId, quantity }) => [productId, quantity]));
  }
}

async function token(key: KeyObject, userId: string, sessionId: string): Promise<string> {
  const claims = {
    sid: sessionId,
    client_id: 'test',
    roles: ['user'],
    acr: '1',
    auth_time: Math.floor(Date.now() / 1000),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: KEY_ID })
    .setIssuer(ISSUER)
    .setAudience('holdfast')
    .setSubject(userId)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);
}
