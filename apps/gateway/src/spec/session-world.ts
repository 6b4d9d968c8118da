import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { ServiceClient, type Upstreams } from '@holdfast/balancer-http';
import { createLogger, ServiceCredentials, type Logger } from '@holdfast/service-defaults';
import {
  DEFAULT_SESSION_SETTINGS,
  MemorySessionStore,
  RefreshTokens,
  SessionIds,
  SessionKeys,
  SessionManager,
  StoreUnavailableError,
  type LiveSession,
  type SessionStore,
} from '@holdfast/session-core';
import type { AccessTokenClaims } from '@holdfast/session-nest';
import { CookieExchange } from '../credentials/cookie-exchange.js';
import { CredentialGate } from '../credentials/credential-gate.js';
import { RequestOrigin, type KnownOrigins } from '../credentials/request-origin.js';
import type { OpenStreams } from '../streams/open-streams.js';
import { StreamSessions } from '../streams/stream-sessions.js';

const START = 1_800_000_000_000;
const CLAIMS = {
  kind: 'session',
  userId: 'u',
  tokenId: 't',
  clientId: 'spec',
  roles: ['user'],
  acr: 1,
  authTimeAt: START,
} as const;

/** A session by cookie. */
export interface CookieSession {
  readonly sessionId: string;
  cookie: string;
  readonly userId: string;
}

/** Sessions that live in memory, under a clock that a test moves, and the auth service's part in swapping cookies. */
export class SessionWorld {
  now = START;
  /** Lifetime of the access tokens that auth signs. */
  tokenMs = 300_000;
  /** Reads of the store so far. */
  reads = 0;
  storeIsAway = false;
  /** As with the strategy `token`: nobody can be asked about a session. */
  carriesSessions = false;
  /** Ids of the requests that asked auth to swap a cookie. */
  readonly exchanges: string[] = [];
  /** Service tokens that auth gave out; it takes the last one only. */
  readonly serviceTokens: string[] = [];
  /** Changes what auth answers to an exchange, or when. */
  beforeAnswer: (request: { readonly cookie: string }) => Promise<object | undefined> = async () => undefined;
  readonly store: SessionStore;
  readonly manager: SessionManager;
  readonly logged: string[] = [];
  readonly logger: Logger;
  readonly #ids = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')));
  #users = 0;

  constructor() {
    this.store = this.#watched(new MemorySessionStore({ clock: { now: () => this.now } }));
    const ring = { activeKeyId: 'a', keys: { a: randomBytes(32).toString('base64url') } };
    this.manager = new SessionManager({
      store: this.store,
      ids: this.#ids,
      refreshTokens: new RefreshTokens(ring, this.#ids),
      settings: DEFAULT_SESSION_SETTINGS,
    });
    const lines = { write: (line: string) => void this.logged.push(line) };
    this.logger = createLogger({ service: 'gateway', instance: 'gateway-t', level: 'trace' }, lines);
  }

  /** The gate of a gateway with these upstreams. */
  gate(upstreams: Upstreams, origins: KnownOrigins): CredentialGate {
    const clock = { now: () => this.now };
    const credentials = new ServiceCredentials(new ServiceClient(upstreams), 'gateway', 'secret', clock);
    return new CredentialGate({
      sessions: this.manager,
      exchange: new CookieExchange(credentials, clock),
      origin: new RequestOrigin(origins),
      logger: this.logger,
    });
  }

  /** Whose streams are open: the tokens are those that `answerFor` made. Sessions are looked at each 50 ms. */
  streamSessions(streams: OpenStreams): StreamSessions {
    const verify = async (token: string): Promise<AccessTokenClaims | undefined> => {
      const [, sessionId] = /^token\.([\w-]+)\./.exec(token) ?? [];
      return sessionId === undefined
        ? undefined
        : { ...CLAIMS, sessionId, expiresAt: this.now + this.tokenMs };
    };
    return new StreamSessions({
      streams,
      verifier: { verify },
      ids: this.#ids,
      sessions: this.carriesSessions ? undefined : this.manager,
      now: () => this.now,
      lookEveryMs: 50,
    });
  }

  /** Somebody signs in with a browser. */
  async signIn(userId = `u${++this.#users}`): Promise<CookieSession> {
    const client = { ip: '127.0.0.1', userAgent: 'spec' };
    const { cookie, session } = await this.manager.begin({
      userId,
      roles: ['user'],
      client,
      transport: 'cookie',
    });
    return { sessionId: session.record.sessionId, cookie, userId };
  }

  /** Auth: service tokens and the exchange; everything else is answered by `otherwise`. */
  auth(otherwise: RequestListener): RequestListener {
    return (request, response) => {
      if (request.url !== '/oauth/token' && request.url !== '/internal/sessions/exchange') {
        return otherwise(request, response);
      }
      const say = (status: number, body: object) => {
        if ('challenge' in body) response.setHeader('www-authenticate', String(body.challenge));
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      readText(request)
        .then(async (text) => {
          if (request.url === '/oauth/token') return say(200, this.#serviceToken());
          const told = await this.#swap(request, text);
          return say('status' in told ? Number(told.status) : 200, told);
        })
        .catch(() => response.destroy());
    };
  }

  #serviceToken(): object {
    this.serviceTokens.push(`service-${this.serviceTokens.length + 1}`);
    const token = { access_token: this.serviceTokens.at(-1), token_type: 'Bearer', expires_in: 300 };
    return { ...token, scope: 'internal' };
  }

  async #swap({ headers }: IncomingMessage, text: string): Promise<object> {
    if (headers.authorization !== `Bearer ${this.serviceTokens.at(-1)}`) {
      return { status: 401, code: 'ERR_UNAUTHENTICATED' };
    }
    this.exchanges.push(String(headers['x-request-id']));
    const body = JSON.parse(text) as { cookie: string };
    return (await this.beforeAnswer(body)) ?? this.#exchange(body.cookie);
  }

  async #exchange(cookie: string): Promise<object> {
    const found = await this.manager.resolveCookie(cookie);
    if (found.state === 'live') return this.answerFor(found);
    const code = found.state === 'ended' ? 'ERR_SESSION_ENDED' : 'ERR_UNAUTHENTICATED';
    return { status: 401, code, challenge: 'Bearer realm="holdfast"' };
  }

  /** What the journal calls a session. */
  nameOf(sessionId: string): string {
    return this.#ids.parse(sessionId)?.name ?? '';
  }

  /** What auth answers for a session. */
  answerFor({ record: { sessionId, version, acr } }: LiveSession): object {
    const accessToken = `token.${sessionId}.v${version}.acr${acr}.n${this.exchanges.length}`;
    return { accessToken, expiresAt: new Date(this.now + this.tokenMs).toISOString(), sessionId, version };
  }

  #watched(store: SessionStore): SessionStore {
    const read = (sessionId: string) => {
      this.reads += 1;
      return this.storeIsAway ? Promise.reject(new StoreUnavailableError()) : store.read(sessionId);
    };
    return new Proxy(store, {
      get: (target, name) => {
        if (name === 'read') return read;
        const member = Reflect.get(target, name) as unknown;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }
}

async function readText(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
