import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { COMPACT_ID_BYTES, type SessionIds, type SessionRecord } from '@holdfast/session-core';

/** What no script looks into. The times of the previous cookie are the store's: they stand in the header. */
export interface SessionBody extends Pick<
  SessionRecord,
  'sessionId' | 'userId' | 'roles' | 'authzVersion' | 'acr' | 'client' | 'rememberMe'
> {
  readonly cookie?: {
    readonly hash: string;
    readonly previous?: { readonly hash: string; readonly acr: number };
  };
}

/** Another format, or another dictionary, gets another number: each is part of what is stored. */
const FORMAT = 1;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_BYTES = 16;

/** What bodies have in common; the likeliest stands last (RFC 1951: nearer matches cost less). */
const DICTIONARY = Buffer.from(
  'curl/8. node okhttp/ PostmanRuntime/ Dart/ python-requests/ Edg/ OPR/ Version/18.0 Mobile/15E148 ' +
    'Safari/604.1 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
    'Firefox/140.0 rv:140.0) Gecko/20100101 (X11; Linux x86_64 (Linux; Android 10; K) Mobile ' +
    '(Macintosh; Intel Mac OS X 10_15_7) ["admin"],["support"],["guest"],0,["user"],1,"127.0.0.1",' +
    '"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
    'Chrome/140.0.0.0 Safari/537.36"]',
);
/** The window holds the dictionary and a body; more would cost memory at each call. */
const DEFLATE = { dictionary: DICTIONARY, windowBits: 11, memLevel: 3 };

/** Roles, level, address, browser; then what most sessions do not have. */
type Rest = [
  roles: readonly string[],
  acr: number,
  ip: string,
  userAgent: string,
  authzVersion?: number,
  rememberMe?: 0 | 1,
  cookieHash?: string,
  previousHash?: string,
  previousAcr?: number,
];

/** The body of a record, as few bytes as it takes: format ‖ what is random of the id ‖ user ‖ the rest, deflated. */
export function encodeBody(ids: SessionIds, body: SessionBody): Buffer {
  const { sessionId, userId, roles, acr, client, authzVersion, rememberMe, cookie } = body;
  const rest: Rest = [roles, acr, client.ip, client.userAgent, authzVersion, rememberMe ? 1 : 0];
  if (cookie) rest.push(cookie.hash);
  if (cookie?.previous) rest.push(cookie.previous.hash, cookie.previous.acr);
  while (rest.length > 4 && !rest.at(-1)) rest.pop();
  const user = UUID.test(userId) ? Buffer.from(userId.replaceAll('-', ''), 'hex') : Buffer.from(userId);
  return Buffer.concat([
    Buffer.of(FORMAT),
    ids.compact(sessionId),
    Buffer.of(UUID.test(userId) ? 0 : user.length),
    user,
    deflateRawSync(JSON.stringify(rest), DEFLATE),
  ]);
}

/** Reads a body. @throws if it is none that we wrote */
export function decodeBody(ids: SessionIds, userTag: string, bytes: Buffer): SessionBody {
  if (bytes[0] !== FORMAT) throw new TypeError('A body of another format.');
  const userAt = 1 + COMPACT_ID_BYTES;
  const textBytes = bytes[userAt] ?? 0;
  const restAt = userAt + 1 + (textBytes || UUID_BYTES);
  const user = bytes.subarray(userAt + 1, restAt);
  const [roles, acr, ip, userAgent, authzVersion = 0, rememberMe, hash, previousHash, previousAcr = 0] =
    JSON.parse(inflateRawSync(bytes.subarray(restAt), DEFLATE).toString()) as Rest;
  const previous = previousHash ? { previous: { hash: previousHash, acr: previousAcr } } : {};
  return {
    sessionId: ids.expand(userTag, bytes.subarray(1, userAt)),
    userId: textBytes ? user.toString() : uuidOf(user.toString('hex')),
    roles,
    acr,
    client: { ip, userAgent },
    authzVersion,
    ...(rememberMe && { rememberMe: true }),
    ...(hash && { cookie: { hash, ...previous } }),
  };
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
