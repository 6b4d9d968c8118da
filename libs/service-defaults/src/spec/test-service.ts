import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { ServiceClient } from '@holdfast/balancer-http';
import { CodedError } from '@holdfast/contracts';
import { defineNamespace, SessionManager } from '@holdfast/session-core';
import { CurrentSession, OptionalSession, Public, type ActiveSession } from '@holdfast/session-nest';
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Inject,
  Module,
  Param,
  Post,
  Query,
  Sse,
  type DynamicModule,
} from '@nestjs/common';
import { SignJWT } from 'jose';
import type { Pool } from 'pg';
import { interval, map } from 'rxjs';
import { z } from 'zod';
import { loadConfig } from '../config.js';
import { createService, type RunningService } from '../create-service.js';
import { DATABASE_POOL, DatabaseModule } from '../database.module.js';
import { serviceEnvironment, type ServiceConfig } from '../environment.js';
import { createLogger } from '../logging/logger.js';
import { ServiceDefaultsModule } from '../service-defaults.module.js';
import type { Identified } from '../service-identity.js';

const item = z.strictObject({
  name: z.string().min(1),
  quantity: z.int(),
  tags: z.array(z.string()).optional(),
});
/** Requests that wait until the spec lets them go on. */
const held = new Set<() => void>();
const notes = defineNamespace({ name: 'notes', owner: 'order', schema: z.object({}) });
const page = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) });

@Controller()
class Routes {
  constructor(
    @Inject(DATABASE_POOL) private readonly pool: Pool,
    private readonly manager: SessionManager,
    private readonly client: ServiceClient,
  ) {}

  @Get('me')
  me(@CurrentSession() session: ActiveSession) {
    return { userId: session.userId };
  }

  /** Writes to a session that has ended since the guard looked. */
  @Post('me/late')
  async late(@CurrentSession() { sessionId }: ActiveSession) {
    await this.manager.revoke(sessionId, 'revoked');
    return this.manager.namespace(notes).update(sessionId, () => ({}));
  }

  /** What another service answers. */
  @Public()
  @Post('relay')
  async relay(@Body() { service }: { service: string }) {
    return (await this.client.request(service, { method: 'GET', path: '/' })).json();
  }

  @Public()
  @Get('items')
  list(@Query({ schema: page }) query: z.infer<typeof page>, @OptionalSession() session?: ActiveSession) {
    return { ...query, userId: session?.userId ?? null };
  }

  @Public()
  @Post('items')
  create(@Body({ schema: item }) body: z.infer<typeof item>) {
    return { body, polluted: Object.hasOwn(Object.prototype, 'polluted') };
  }

  @Public()
  @Post('notes')
  note(@Body({ schema: z.object({}).optional() }) body?: object) {
    return { body: body ?? 'none' };
  }

  @Public()
  @Delete('items/:id/tags')
  untag(@Body() body: unknown) {
    return { body: body ?? 'none' };
  }

  /** The contract says of this path that it takes a form. */
  @Public()
  @Post('oauth/token')
  form(@Body() body: unknown) {
    return { body };
  }

  @Public()
  @Get('kept')
  @Header('cache-control', 'public, max-age=300')
  kept(@Query('fail') fail?: string) {
    if (fail) throw new CodedError('ERR_CONFLICT', 'Taken.');
    return {};
  }

  @Public()
  @Get('items/:id')
  one(@Param('id', { schema: z.uuid() }) id: string) {
    return { id };
  }

  @Public()
  @Get('fail/:how')
  fail(@Param('how') how: string) {
    if (how === 'coded') throw new CodedError('ERR_CONFLICT', 'Taken.');
    if (how === 'text') throw 'secret-text'; // eslint-disable-line @typescript-eslint/only-throw-error -- libraries do
    throw Object.assign(new Error('secret-detail postgres://u:hunter2@db'), { params: ['hunter2'] });
  }

  @Public()
  @Get('rows')
  async rows() {
    return { rows: (await this.pool.query('SELECT 1 AS one')).rows };
  }

  @Public()
  @Get('slow')
  async slow(@Query('ms') ms: string) {
    await new Promise((resolve) => setTimeout(resolve, Number(ms)));
    return { slow: true };
  }

  /** Answers when the spec says so. */
  @Public()
  @Get('held')
  async held() {
    await new Promise<void>((resolve) => held.add(resolve));
    return { held: true };
  }

  @Public()
  @Sse('ticks')
  ticks() {
    return interval(50).pipe(map((tick) => ({ data: { tick } })));
  }

  @Public()
  @Post('sessions')
  async begin(@Body() { roles }: { roles: string[] }) {
    const { session } = await this.manager.begin({
      userId: randomUUID(),
      roles,
      client: { ip: '::1', userAgent: 'spec' },
    });
    return session.record;
  }
}

@Module({})
class TestModule {
  static forRoot(config: Identified<ServiceConfig>, databaseUrl: string): DynamicModule {
    const database = DatabaseModule.forRoot(databaseUrl);
    const jwks = {
      useFactory: () => ({ getKey: async (kid: string) => (kid === KID ? PUBLIC_KEY : undefined) }),
    };
    const refreshKeys = { activeKeyId: 'k', keys: { k: randomBytes(32).toString('base64url') } };
    const defaults = ServiceDefaultsModule.forRoot(config, { name: 'order', database, jwks, refreshKeys });
    return { module: TestModule, imports: [defaults], controllers: [Routes] };
  }
}

const KID = 'spec-key';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC_KEY = createPublicKey(privateKey);

/** A real service with real Redis and Postgres, what it logged, and a way to sign in. */
export interface TestService extends RunningService {
  readonly log: string[];
  /** How many requests of `/held` wait. */
  held(): number;
  /** Answers them. */
  release(): void;
  token(roles: string[]): Promise<string>;
}

/** Set by the integration tests' global setup. */
const { TEST_REDIS_URL = '', TEST_DATABASE_URL = '' } = process.env;

export async function startTestService(
  changes: Record<string, string> = {},
  databaseUrl = TEST_DATABASE_URL,
): Promise<TestService> {
  const config = loadConfig(z.object(serviceEnvironment), {
    REDIS_URL: TEST_REDIS_URL,
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    SEALING_SECRET: randomBytes(32).toString('base64url'),
    SESSION_DURABILITY: 'local',
    TOKEN_ISSUER: 'http://gateway.test',
    ...changes,
  });
  const log: string[] = [];
  const sink = new Writable({ write: (chunk, _encoding, done) => (log.push(String(chunk)), done()) });
  const logger = createLogger({ service: 'order', instance: 'spec', level: 'debug' }, sink);
  const service: RunningService = await createService({
    name: 'order',
    config,
    logger,
    module: (identified) => TestModule.forRoot(identified, databaseUrl),
  });
  return {
    ...service,
    log,
    held: () => held.size,
    release: () => held.forEach((resolve) => (held.delete(resolve), resolve())),
    token: (roles) => signIn(service.url, roles),
  };
}

async function signIn(url: string, roles: string[]): Promise<string> {
  const response = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ roles }),
  });
  const { sessionId, userId } = (await response.json()) as { sessionId: string; userId: string };
  return new SignJWT({
    sid: sessionId,
    client_id: 'spec',
    roles,
    acr: '1',
    auth_time: Math.floor(Date.now() / 1000),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: KID })
    .setIssuer('http://gateway.test')
    .setAudience('holdfast')
    .setSubject(userId)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('5 min')
    .sign(privateKey);
}
