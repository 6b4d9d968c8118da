import { Upstreams } from '@holdfast/balancer-http';
import { AuditStream, JournalListeners, ServiceCredentials, type Logger } from '@holdfast/service-defaults';
import { SessionIds, SessionKeys, SessionManager } from '@holdfast/session-core';
import { AccessTokenVerifier } from '@holdfast/session-nest';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '../config.js';
import { carriedData } from '../credentials/carried-data.js';
import { CookieExchange } from '../credentials/cookie-exchange.js';
import { CredentialGate } from '../credentials/credential-gate.js';
import { RequestOrigin } from '../credentials/request-origin.js';
import { SealedCookies } from '../credentials/sealed-cookies.js';
import { createClientRate, createOverload } from '../overload/create-overload.js';
import { explainPermission } from '../platform/explain-permission.js';
import { Proxy, type ProxyOptions } from '../proxy/proxy.js';
import { SessionToucher } from '../sessions/session-toucher.js';
import { touchesTold } from '../sessions/touches-told.js';
import type { OpenStreams } from '../streams/open-streams.js';
import { StreamSessions } from '../streams/stream-sessions.js';

/** The gate with what this strategy's cookies open. */
export function createGate(
  app: NestFastifyApplication,
  config: GatewayConfig,
  logger: Logger,
): CredentialGate {
  const exchange = new CookieExchange(app.get(ServiceCredentials));
  const carries = config.SESSION_STRATEGY === 'token';
  return new CredentialGate({
    sessions: carries
      ? new SealedCookies(exchange, app.get(AccessTokenVerifier, { strict: false }))
      : app.get(SessionManager, { strict: false }),
    exchange,
    ...(carries && { dataOf: carriedData }),
    origin: new RequestOrigin({
      issuer: config.TOKEN_ISSUER,
      crossOrigins: config.CORS_ORIGINS,
      trustedProxies: config.TRUSTED_PROXIES,
    }),
    logger,
  });
}

/** The proxy between the door and the upstreams. */
export function createProxy(
  app: NestFastifyApplication,
  config: GatewayConfig,
  parts: Pick<ProxyOptions, 'gatewayId' | 'gate' | 'crossOrigin' | 'streams' | 'logger'>,
): Proxy {
  return new Proxy({
    ...parts,
    upstreams: app.get(Upstreams, { strict: false }),
    overload: createOverload(app, config),
    clientRate: createClientRate(app, config),
    toucher: toucherOf(app, config),
    trustedProxies: config.TRUSTED_PROXIES,
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
    mayBeExplained: explainPermission({
      verifier: app.get(AccessTokenVerifier, { strict: false }),
      manager: app.get(SessionManager, { strict: false }),
    }),
  });
}

/** Where nobody keeps a record there is no activity to note. */
function toucherOf(
  app: NestFastifyApplication,
  { SESSION_STRATEGY, TRUSTED_PROXIES }: GatewayConfig,
): ProxyOptions['toucher'] {
  if (SESSION_STRATEGY === 'token') return { note: () => undefined, noteSession: () => undefined };
  return new SessionToucher(
    app.get(AccessTokenVerifier, { strict: false }),
    app.get(SessionManager, { strict: false }),
    touchesTold(app.get(AuditStream, { strict: false }), TRUSTED_PROXIES),
  );
}

/** Streams by their sessions, which the journal ends (strategy `hybrid`), a look each second, or their tokens. */
export function createStreams(
  app: NestFastifyApplication,
  { SESSION_STRATEGY, SESSION_SECRET }: GatewayConfig,
  streams: OpenStreams,
): StreamSessions {
  const carries = SESSION_STRATEGY === 'token';
  const sessions = new StreamSessions({
    streams,
    verifier: app.get(AccessTokenVerifier, { strict: false }),
    ids: new SessionIds(SessionKeys.fromSecret(SESSION_SECRET)),
    sessions: carries ? undefined : app.get(SessionManager, { strict: false }),
  });
  if (!carries) app.get(JournalListeners, { strict: false }).add((heard) => sessions.hear(heard));
  return sessions;
}
