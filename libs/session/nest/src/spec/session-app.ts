import {
  DEFAULT_SESSION_SETTINGS,
  MemorySessionStore,
  RefreshTokens,
  SessionIds,
  SessionKeys,
  SessionManager,
  type Clock,
} from '@holdfast/session-core';
import { Catch, Module, type ArgumentsHost, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { JwksSource } from '../jwks-source.js';
import { SessionModule } from '../session.module.js';
import { counted, type CountedStore } from './counting-store.js';
import { TokenMint } from './token-mint.js';

const STATUS: Readonly<Record<string, number>> = {
  ERR_AMBIGUOUS_CREDENTIALS: 400,
  ERR_FORBIDDEN: 403,
  ERR_STEP_UP_REQUIRED: 403,
  ERR_STORE_UNAVAILABLE: 503,
  ERR_UPSTREAM_UNAVAILABLE: 503,
};

/** Shows an error as it is, for the tests to look at. */
@Catch()
class PlainFilter {
  catch(error: Error & Record<string, unknown>, host: ArgumentsHost): void {
    const { code = error.name, detail, extensions, headers = {} } = error;
    host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .code(STATUS[String(code)] ?? 401)
      .headers(headers as Record<string, string>)
      .send({ code, detail, ...(extensions as object | undefined) });
  }
}

@Module({})
class AppModule {}

/** A real Nest application on port 0 whose sessions live in memory. */
export interface SessionApp {
  readonly url: string;
  readonly manager: SessionManager;
  readonly mint: TokenMint;
  readonly store: CountedStore;
  begin(input?: { userId?: string; roles?: string[]; acr?: number }): Promise<{ id: string; token: string }>;
  get(
    path: string,
    token?: string,
  ): Promise<{ status: number; body: Record<string, unknown>; challenge: string | null }>;
  close(): Promise<void>;
}

const ISSUER = 'http://gateway.test';

export async function startSessionApp(
  controllers: Type[],
  { keys, clock }: { readonly keys?: JwksSource; readonly clock?: Clock } = {},
): Promise<SessionApp> {
  const ids = new SessionIds(SessionKeys.fromSecret('s'.repeat(43)));
  const ring = { activeKeyId: 'k1', keys: { k1: 'r'.repeat(43) } };
  const store = counted(new MemorySessionStore());
  const manager = new SessionManager({
    store: store.store,
    ids,
    refreshTokens: new RefreshTokens(ring, ids),
    settings: DEFAULT_SESSION_SETTINGS,
  });
  const mint = new TokenMint(ISSUER, 'holdfast');
  const local: JwksSource = { getKey: async (kid) => (kid === mint.kid ? mint.publicKey : undefined) };
  const verifying = { issuer: ISSUER, audience: 'holdfast', keys: keys ?? local };
  const options = { manager, ...verifying, ...(clock && { clock }) };
  const sessions = SessionModule.forRootAsync({ useFactory: () => options });
  const app = await listen({ module: AppModule, imports: [sessions], controllers });
  const url = await app.getUrl();
  return {
    url,
    manager,
    mint,
    store,
    begin: async ({ userId = 'u1', roles = ['user'], acr = 1 } = {}) => {
      const { session } = await manager.begin({
        userId,
        roles,
        acr,
        client: { ip: '::1', userAgent: 'spec' },
      });
      const id = session.record.sessionId;
      return { id, token: mint.sign(mint.userClaims(userId, id, { roles, acr: String(acr) })) };
    },
    get: (path, token) => get(`${url}${path}`, token),
    close: () => app.close(),
  };
}

async function listen(module: DynamicModule): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    logger: false,
  });
  app.useGlobalFilters(new PlainFilter());
  await app.listen(0, '127.0.0.1');
  return app;
}

async function get(url: string, token?: string): ReturnType<SessionApp['get']> {
  const response = await fetch(url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const body = JSON.parse((await response.text()) || '{}') as Record<string, unknown>;
  return { status: response.status, body, challenge: response.headers.get('www-authenticate') };
}
