import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import {
  DEFAULT_SESSION_SETTINGS,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
} from '@holdfast/session-core';
import { createRedis, markReconciled, RedisSessionStore, UnfencedAccess } from '@holdfast/session-redis';
import { inFlight } from '../store/in-flight.js';
import { CLIENT } from '../store/instance.js';
import { connectPatiently } from './look.js';

const secret = (): string => randomBytes(32).toString('base64url');
const ISSUER = 'http://gateway.bench';
const AUDIENCE = 'holdfast';
const KEY_ID = randomUUID();
const AT_A_TIME = 200;

/** The configuration of a service in this run: it opens what this bench begins and signs. */
export const serviceEnvironment = {
  SESSION_SECRET: secret(),
  SEALING_SECRET: secret(),
  SESSION_DURABILITY: 'local',
  TOKEN_ISSUER: ISSUER,
  TOKEN_AUDIENCE: AUDIENCE,
  LOG_LEVEL: 'info',
} as const;

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The public key of this run, as auth publishes it: JSON. */
export function serviceKey(): string {
  return JSON.stringify({ ...pair.publicKey.export({ format: 'jwk' }), kid: KEY_ID });
}

/** A session that was begun. */
export interface BegunSession {
  readonly sessionId: string;
  readonly userId: string;
}

/** Begins sessions in a Redis as auth does, each with its refresh token, one for each user. */
export async function beginSessions(url: string, count: number): Promise<readonly BegunSession[]> {
  const { manager, close } = await managerOn(url);
  const begun = await inFlight(count, AT_A_TIME, async () => {
    const userId = randomUUID();
    const { session } = await manager.begin({ userId, roles: ['user'], client: CLIENT, epoch: 0 });
    return { userId, sessionId: session.record.sessionId };
  });
  await close();
  return begun;
}

/** A session that a browser keeps. */
export interface CookieSession extends BegunSession {
  /** The value of its cookie. */
  readonly cookie: string;
  /** Of its record. */
  readonly version: number;
}

/** The same with cookies. */
export async function beginCookieSessions(url: string, count: number): Promise<readonly CookieSession[]> {
  const { manager, close } = await managerOn(url);
  const begun = await inFlight(count, AT_A_TIME, async () => {
    const userId = randomUUID();
    const beginning = { userId, roles: ['user'], client: CLIENT, epoch: 0, transport: 'cookie' } as const;
    const { session, cookie } = await manager.begin(beginning);
    const { sessionId, version } = session.record;
    return { userId, sessionId, version, cookie };
  });
  await close();
  return begun;
}

async function managerOn(url: string): Promise<{ manager: SessionManager; close: () => Promise<void> }> {
  const [read, write] = [createRedis({ url }, 'read'), createRedis({ url }, 'write')];
  await markReconciledAt(url);
  const ids = new SessionIds(SessionKeys.fromSecret(serviceEnvironment.SESSION_SECRET));
  const store = new RedisSessionStore({
    access: new UnfencedAccess({ read, write, durability: 'local' }),
    ids,
    sealing: new Sealing({ secret: serviceEnvironment.SEALING_SECRET }),
    tombstoneMs: DEFAULT_SESSION_SETTINGS.tombstoneMs,
    patienceMs: 10_000,
  });
  const refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: secret() } }, ids);
  const manager = new SessionManager({ store, ids, refreshTokens, settings: DEFAULT_SESSION_SETTINGS });
  return { manager, close: () => store.close() };
}

/** Nobody believes a data set that was not compared with the ledger; a new one agrees with an empty ledger. */
export async function markReconciledAt(url: string): Promise<void> {
  const redis = connectPatiently(url);
  await markReconciled(redis);
  await redis.quit();
}

/** A header line with a new access token of a session (RFC 9068), as auth signs it; `isCarried`: with the strategy `token`. */
export function authorizationOf({ sessionId, userId }: BegunSession, isCarried = false): string {
  const issuedAt = Math.floor(Date.now() / 1_000);
  const head = { alg: 'ES256', typ: 'at+jwt', kid: KEY_ID };
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: userId,
    sid: sessionId,
    client_id: 'holdfast-cli',
    jti: randomUUID(),
    iat: issuedAt,
    // Longer than auth's: a run takes minutes, and refreshing is not what is measured.
    exp: issuedAt + 3_600,
    auth_time: issuedAt,
    acr: '1',
    roles: ['user'],
    ...(isCarried && { session_iat: issuedAt, session_exp: issuedAt + 43_200 }),
  };
  const input = `${segment(head)}.${segment(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
  return `Authorization: Bearer ${input}.${signature.toString('base64url')}`;
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
