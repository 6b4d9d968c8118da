import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { createLogger, createService, type RunningService } from '@holdfast/service-defaults';
import {
  RouteRecorder,
  ServiceFleet,
  type Answer,
  type Call,
  type TestServers,
} from '@holdfast/service-testing';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';
import { Database } from '../db/database.js';
import { PostOffice } from '../mail/post-office.js';
import { authDatabase } from './auth-database.js';
import { UserServiceStandIn } from './user-service-stand-in.js';

/** The tokens of a session. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly refresh_expires_in: number;
  readonly expires_in: number;
  readonly sessionId: string;
}

/** A mail in the outbox. */
export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly token?: string;
  readonly expiresAt?: string;
  readonly at: string;
}

const INSIST_TRIES = 20;
const INSIST_EVERY_MS = 250;
const secret = () => randomBytes(32).toString('base64url');
export const issuer = 'http://127.0.0.1:8080';
/** The services' clients with their secrets, of which the service knows the hashes only. */
export const serviceClients = { gateway: secret(), user: secret(), order: secret() };
/** The secret of who collects metrics. */
export const metricsSecret = secret();
const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
export const admin = { email: 'admin@holdfast.local', password: 'keeps the whole fleet' };

/** The auth service as it is, on real Redis and Postgres; only the user service is a stand-in. */
export class AuthServiceUnderTest {
  readonly database: Database;
  /** Of its own: where specs share a registry none takes the other's stand-in away. */
  private readonly standInId = `user-stand-in-${randomUUID()}`;
  private gatewayToken: Promise<string> | undefined;

  private constructor(
    private readonly fleet: ServiceFleet<RunningService>,
    readonly userService: UserServiceStandIn,
    /** What the instances logged from `LOG_LEVEL` on, `warn` by default, one JSON line each. */
    readonly log: readonly string[],
    /** The folder that mails are written to. */
    readonly outbox: string,
  ) {
    this.database = new Database(fleet.database);
  }

  /**
   * @param servers - `process.env` of the spec
   * @param redisDatabase - registry and sessions of parallel specs must not meet
   * @param extra - variables of one spec
   */
  static async start(
    servers: TestServers,
    redisDatabase: number,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<AuthServiceUnderTest> {
    const userService = await UserServiceStandIn.start();
    const redis = new URL(`/${redisDatabase}`, servers.TEST_REDIS_URL).href;
    const outbox = mkdtempSync(join(tmpdir(), 'holdfast-outbox-'));
    const log: string[] = [];
    const sink = new Writable({ write: (line, _encoding, done) => (log.push(String(line)), done()) });
    const level = extra['LOG_LEVEL'] ?? 'warn';
    const logger = createLogger({ service: 'auth', instance: 'spec', level }, sink);
    const fleet = await ServiceFleet.start(
      2,
      { ...servers, TEST_REDIS_URL: redis },
      {
        ...authDatabase,
        environment: {
          TOKEN_ISSUER: issuer,
          REFRESH_SECRET: secret(),
          SIGNING_KEY_SECRET: secret(),
          ACCOUNT_SECRET: secret(),
          AUDIT_SECRET: secret(),
          SERVICE_CLIENTS: Object.entries(serviceClients)
            .map(([name, value]) => `${name}:${hash(value)}`)
            .join(),
          METRICS_CLIENT_SECRET: metricsSecret,
          MAIL_OUTBOX_DIR: outbox,
          ADMIN_EMAIL: admin.email,
          ADMIN_PASSWORD: admin.password,
          ...extra,
        },
        start: (environment) =>
          createService({
            name: 'auth',
            logger,
            module: (config) => RouteRecorder.around(AppModule.forRoot(config)),
            config: readConfig(environment),
          }),
      },
    );
    const service = new AuthServiceUnderTest(fleet, userService, log, outbox);
    const { url } = userService;
    const standIn = {
      id: service.standInId,
      service: 'user',
      state: 'ready',
      pid: 1,
      startedAt: Date.now(),
    } as const;
    await service.registry.announce({ ...standIn, url });
    return service;
  }

  /** The routes that are really registered. */
  get recorder(): RouteRecorder {
    return this.fleet.recorder;
  }

  /** What the instances were started with; the variables of another one that is to belong to them. */
  get environment(): Readonly<Record<string, string>> {
    return this.fleet.environment;
  }

  get instances(): readonly RunningService[] {
    return this.fleet.services;
  }

  /** Where to send requests; `n` picks the instance. */
  at(n = 0): string {
    return this.fleet.at(n).url;
  }

  async stop(): Promise<void> {
    await this.registry.withdraw(this.standInId);
    await this.fleet.stop();
    await this.userService.stop();
    rmSync(this.outbox, { recursive: true, force: true });
  }

  call(method: string, path: string, call?: Call): Promise<Answer> {
    return this.fleet.call(method, path, call);
  }

  form(path: string, parameters: Record<string, string>, n?: number): Promise<Answer> {
    return this.call('POST', path, { body: new URLSearchParams(parameters), at: n });
  }

  refresh(refreshToken: string, n?: number): Promise<Answer> {
    const grant = { grant_type: 'refresh_token', client_id: 'holdfast-cli' };
    return this.form('/oauth/token', { ...grant, refresh_token: refreshToken }, n);
  }

  /** Somebody new: credentials and id. */
  async register() {
    const password = `pw-${randomUUID()}`;
    let email = '';
    const { body } = await insist(() => {
      email = `ada-${randomUUID()}@example.test`;
      return this.call('POST', '/auth/register', { body: { email, password, displayName: 'Ada' } });
    });
    return { email, password, id: String(body['id']) };
  }

  async signIn(
    credentials: { email: string; password: string },
    headers?: Record<string, string>,
  ): Promise<Tokens> {
    const { email, password } = credentials;
    const answer = await insist(() =>
      this.call('POST', '/auth/login', { body: { email, password }, headers }),
    );
    if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as unknown as Tokens;
  }

  /** Raises a session by the password, and a code where the account has a second factor. */
  async stepUp(tokens: Tokens, password: string, code?: string): Promise<Tokens> {
    const body = { password, ...(code !== undefined && { code }) };
    const answer = await insist(() =>
      this.call('POST', '/auth/step-up', { token: tokens.access_token, body }),
    );
    if (answer.status !== 200) throw new Error(`step-up: ${answer.status} ${answer.text}`);
    return answer.body as unknown as Tokens;
  }

  /** The administrator, stepped up. */
  async administrator(): Promise<Tokens> {
    return this.stepUp(await this.signIn(admin), admin.password);
  }

  /** All mails so far to an address, the oldest first, once none is under way any more. */
  async mailsTo(email: string): Promise<SentMail[]> {
    await Promise.all(this.instances.map(({ app }) => app.get(PostOffice, { strict: false }).idle()));
    return readdirSync(this.outbox)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(this.outbox, name), 'utf8')) as SentMail)
      .filter(({ to }) => to === email);
  }

  /** A token of a program's own (RFC 6749 4.4). */
  async serviceToken(name: keyof typeof serviceClients | 'prometheus'): Promise<string> {
    const own = name === 'prometheus' ? metricsSecret : serviceClients[name];
    const basic = Buffer.from(`${name}:${own}`).toString('base64');
    const { status, body, text } = await this.call('POST', '/oauth/token', {
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${basic}` },
    });
    if (status !== 200) throw new Error(`service token: ${status} ${text}`);
    return String(body['access_token']);
  }

  /** Swaps a cookie for an access token, as the gateway does. */
  async exchange(cookie: unknown, n?: number): Promise<Answer> {
    this.gatewayToken ??= this.serviceToken('gateway');
    const token = await this.gatewayToken;
    return this.call('POST', '/internal/sessions/exchange', { body: { cookie }, token, at: n });
  }

  private get registry(): RedisRegistry {
    return this.fleet.at(0).app.get(RedisRegistry, { strict: false });
  }
}

/** What a spec only sets out from is asked for again where a busy machine has none of it yet, as 503 says. */
async function insist(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.status !== 503 || tries === INSIST_TRIES) return answer;
    await sleep(INSIST_EVERY_MS);
  }
}
