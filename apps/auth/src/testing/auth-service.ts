import { randomBytes, randomUUID } from 'node:crypto';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { createService, type RunningService } from '@holdfast/service-defaults';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';
import { createTestDatabase, type TestDatabase, type TestEnvironment } from './test-database.js';
import { UserServiceStandIn } from './user-service-stand-in.js';

/** An answer with its body parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** The tokens of a session. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly refresh_expires_in: number;
  readonly expires_in: number;
  readonly sessionId: string;
}

const secret = () => randomBytes(32).toString('base64url');
export const issuer = 'http://127.0.0.1:8080';
export const admin = { email: 'admin@holdfast.local', password: 'an administrator, really' };

/** The auth service as it is, on real Redis and Postgres; only the user service is a stand-in. */
export class AuthServiceUnderTest {
  private constructor(
    readonly db: TestDatabase,
    readonly userService: UserServiceStandIn,
    readonly instances: readonly RunningService[],
  ) {}

  /**
   * @param servers - `process.env` of the spec
   * @param redisDatabase - registry and sessions of parallel specs must not meet
   */
  static async start(servers: TestEnvironment, redisDatabase: number) {
    const db = await createTestDatabase(servers);
    const userService = await UserServiceStandIn.start();
    const redis = new URL(servers.TEST_REDIS_URL ?? '');
    redis.pathname = `/${redisDatabase}`;
    const environment = {
      REDIS_URL: redis.href,
      DATABASE_URL: db.url,
      TOKEN_ISSUER: issuer,
      SESSION_SECRET: secret(),
      REFRESH_SECRET: secret(),
      SIGNING_KEY_SECRET: secret(),
      SESSION_DURABILITY: 'local',
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      LOG_LEVEL: 'silent',
    };
    const start = () =>
      createService({
        name: 'auth',
        module: (config) => AppModule.forRoot(config),
        config: readConfig(environment),
      });
    const instances = await Promise.all([start(), start()]);
    const service = new AuthServiceUnderTest(db, userService, instances);
    const { url } = userService;
    const standIn = {
      id: 'user-stand-in',
      service: 'user',
      state: 'ready',
      pid: 1,
      startedAt: Date.now(),
    } as const;
    await service.registry.announce({ ...standIn, url });
    return service;
  }

  /** Where to send requests; `n` picks the instance. */
  at(n = 0): string {
    return this.instances[n]?.url ?? '';
  }

  async stop(): Promise<void> {
    await this.registry.withdraw('user-stand-in');
    await Promise.all(this.instances.map((instance) => instance.drain()));
    await this.userService.stop();
    await this.db.drop();
  }

  async call(
    method: string,
    path: string,
    {
      token,
      body,
      headers,
      n,
    }: { token?: string; body?: unknown; headers?: Record<string, string>; n?: number } = {},
  ): Promise<Answer> {
    const response = await fetch(this.at(n) + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined &&
          !(body instanceof URLSearchParams) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof URLSearchParams ? body : JSON.stringify(body),
      }),
    });
    const answer = await response.text();
    const parsed = (answer === '' ? {} : JSON.parse(answer)) as Answer['body'];
    return { status: response.status, headers: response.headers, body: parsed };
  }

  form(path: string, parameters: Record<string, string>, n?: number): Promise<Answer> {
    return this.call('POST', path, { body: new URLSearchParams(parameters), n });
  }

  refresh(refreshToken: string, n?: number): Promise<Answer> {
    const grant = { grant_type: 'refresh_token', client_id: 'holdfast-cli' };
    return this.form('/oauth/token', { ...grant, refresh_token: refreshToken }, n);
  }

  /** Somebody new: credentials and id. */
  async register() {
    const credentials = { email: `ada-${randomUUID()}@example.test`, password: `pw-${randomUUID()}` };
    const { body } = await this.call('POST', '/auth/register', {
      body: { ...credentials, displayName: 'Ada' },
    });
    return { ...credentials, id: String(body['id']) };
  }

  async signIn(
    credentials: { email: string; password: string },
    headers?: Record<string, string>,
  ): Promise<Tokens> {
    const { email, password } = credentials;
    const answer = await this.call('POST', '/auth/login', { body: { email, password }, headers });
    if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as unknown as Tokens;
  }

  private get registry(): RedisRegistry {
    const [first] = this.instances;
    if (first === undefined) throw new Error('not started');
    return first.app.get(RedisRegistry, { strict: false });
  }
}
