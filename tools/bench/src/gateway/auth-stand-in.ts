import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { createRedis } from '@holdfast/session-redis';
import { authorizationOf, serviceKey, type CookieSession } from '../session/holdfast-sessions.js';

const TOKEN_SECONDS = 3_600;
const AUTHORIZATION = 'Authorization: ';

/** What the gateway asks of auth: its keys, a token for itself, and the token that a cookie stands for. */
export interface AuthStandIn {
  stop(): Promise<void>;
}

/** Answers for auth with the keys of this run, and is registered as it is. Passwords and refreshes are not measured here. */
export async function startAuth(redisUrl: string, sessions: readonly CookieSession[]): Promise<AuthStandIn> {
  const byCookie = new Map(sessions.map((session) => [session.cookie, session]));
  const answers: Readonly<Record<string, (body: string) => object | undefined>> = {
    '/readyz': () => ({}),
    '/.well-known/jwks.json': () => ({
      keys: [{ ...(JSON.parse(serviceKey()) as object), alg: 'ES256', use: 'sig' }],
    }),
    '/oauth/token': () => ({
      access_token: 'not read by anybody here',
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      scope: 'internal',
    }),
    '/internal/sessions/exchange': (body) => {
      const { cookie } = JSON.parse(body) as { readonly cookie: string };
      const session = byCookie.get(cookie);
      return session && exchanged(session);
    },
  };
  const server = createServer((request, response) => {
    void answer(request, response, answers[request.url ?? '']);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const redis = createRedis({ url: redisUrl }, 'general');
  const registry = new RedisRegistry(redis);
  const run = { pid: process.pid, startedAt: Date.now(), state: 'ready' } as const;
  await registry.announce({ id: 'auth-1', service: 'auth', url: `http://127.0.0.1:${port}`, ...run });
  return {
    async stop() {
      await registry.close();
      redis.disconnect();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  say: ((body: string) => object | undefined) | undefined,
): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const said = say?.(body);
  response.writeHead(said === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(said ?? {}));
}

function exchanged(session: CookieSession): object {
  return {
    accessToken: authorizationOf(session).slice(`${AUTHORIZATION}Bearer `.length),
    expiresAt: new Date(Date.now() + TOKEN_SECONDS * 1_000).toISOString(),
    sessionId: session.sessionId,
    version: session.version,
  };
}
