import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SigningKeys } from '../keys/signing-keys.js';
import { AuthServiceUnderTest, issuer, serviceClients, type Tokens } from '../testing/auth-service.js';

type Claims = Record<string, unknown>;
type Signer = (input: string) => Buffer | string;

let service: AuthServiceUnderTest;
let tokens: Tokens;
let good: { header: Claims; claims: Claims };
let platformKey: KeyObject;
/** A key that somebody would like us to use, and where it can be fetched. */
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let foreignJwks: Server;
let fetched = 0;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 14);
  tokens = await service.signIn(await service.register());
  const [header = {}, claims = {}] = tokens.access_token.split('.').slice(0, 2).map(decoded);
  good = { header, claims };
  platformKey =
    service.instances[0]?.app.get(SigningKeys, { strict: false }).active.privateKey ?? foreign.privateKey;
  const keys = [
    { ...foreign.publicKey.export({ format: 'jwk' }), kid: header['kid'], alg: 'ES256', use: 'sig' },
  ];
  foreignJwks = createServer((_request, response) => {
    fetched += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => foreignJwks.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  foreignJwks.closeAllConnections();
  await new Promise((resolve) => foreignJwks.close(resolve));
  await service.stop();
});

const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;
const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const es256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
const ours: Signer = (input) => es256(platformKey)(input);
const theirs = es256(foreign.privateKey);
const hmac =
  (secret: string): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();

/** A token like a good one but for what is given. */
function forged(header: Claims, claims: Claims = {}, signer: Signer = ours): string {
  const input = `${encoded({ ...good.header, ...header })}.${encoded({ ...good.claims, ...claims })}`;
  return `${input}.${Buffer.from(signer(input)).toString('base64url')}`;
}

const pem = () =>
  createPublicKey(createPrivateKey(platformKey.export({ type: 'pkcs8', format: 'pem' })))
    .export({ type: 'spki', format: 'pem' })
    .toString();
const jwk = () => JSON.stringify(createPublicKey(platformKey).export({ format: 'jwk' }));
const foreignJwk = () => foreign.publicKey.export({ format: 'jwk' });
const foreignUrl = () => `http://127.0.0.1:${(foreignJwks.address() as AddressInfo).port}/jwks.json`;
const now = () => Math.floor(Date.now() / 1000);
const none = () => '';

const FORGERIES: Readonly<Record<string, () => string>> = {
  'no algorithm': () => forged({ alg: 'none' }, {}, none),
  'no algorithm but a signature': () => forged({ alg: 'none' }),
  'HS256 with the public key as its secret (PEM)': () => forged({ alg: 'HS256' }, {}, hmac(pem())),
  'HS256 with the public key as its secret (JWK)': () => forged({ alg: 'HS256' }, {}, hmac(jwk())),
  'HS256 with the key id as its secret': () => forged({ alg: 'HS256' }, {}, hmac(String(good.header['kid']))),
  'RS256 said of an ES256 signature': () => forged({ alg: 'RS256' }),
  'the type of an id token': () => forged({ typ: 'JWT' }),
  'no type': () => forged({ typ: undefined }),
  'a critical extension': () => forged({ crit: ['exp'] }),
  'an unencoded payload': () => forged({ crit: ['b64'], b64: false }),
  'a key of its own (jwk)': () => forged({ jwk: foreignJwk() }, {}, theirs),
  'a key from elsewhere (jku)': () => forged({ jku: foreignUrl() }, {}, theirs),
  'a certificate from elsewhere (x5u)': () => forged({ x5u: foreignUrl() }, {}, theirs),
  'a certificate of its own (x5c)': () => forged({ x5c: ['MIIB'] }, {}, theirs),
  'a foreign signature': () => forged({}, {}, theirs),
  'a signature of zeros': () => forged({}, {}, () => Buffer.alloc(64)),
  'another audience': () => forged({}, { aud: 'somebody-else' }),
  'no audience': () => forged({}, { aud: undefined }),
  'another issuer': () => forged({}, { iss: 'http://127.0.0.1:8081' }),
  'the issuer with a slash': () => forged({}, { iss: `${issuer}/` }),
  'an expiry that is over': () => forged({}, { exp: now() - 60 }),
  'no expiry': () => forged({}, { exp: undefined }),
  'a time before which it is not good': () => forged({}, { nbf: now() + 60 }),
  'another user’s name on this session': () => forged({}, { sub: randomUUID() }),
  'a service’s scope beside a session': () => forged({}, { scope: 'internal' }),
  'an unknown key': () => forged({ kid: 'unknown' }),
  'no key': () => forged({ kid: undefined }),
  'a path for a key': () => forged({ kid: '../../../../dev/null' }, {}, hmac('')),
  'an injection for a key': () => forged({ kid: "x' UNION SELECT 'AA' --" }, {}, hmac('AA')),
  'a list for a key': () => forged({ kid: [good.header['kid']] }),
};

const session = (token: string) => service.call('GET', '/auth/session', { token });
const introspect = (token: string) => {
  const basic = Buffer.from(`order:${serviceClients.order}`).toString('base64');
  const headers = { authorization: `Basic ${basic}` };
  return service.call('POST', '/oauth/introspect', { headers, body: new URLSearchParams({ token }) });
};

describe('an access token', () => {
  it('is taken as it is, so that what is refused below is refused for its fault', async () => {
    expect((await session(forged({}))).status).toBe(200);
    expect((await introspect(forged({}))).body).toMatchObject({ active: true, sid: tokens.sessionId });
  });

  it.each(Object.entries(FORGERIES))('G16: is refused with %s, and is inactive', async (_what, forge) => {
    const token = forge();
    const answer = await session(token);
    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(await introspect(token)).toMatchObject({ status: 200, body: { active: false } });
    expect((await service.form('/oauth/revoke', { client_id: 'holdfast-cli', token })).status).toBe(200);
    expect((await session(tokens.access_token)).status).toBe(200);
  });

  it('makes nobody fetch a key from where it says', () => {
    expect(fetched).toBe(0);
  });

  it('gives no more than its session has, whatever it says', async () => {
    const raised = forged({}, { roles: ['user', 'admin'], acr: '2', step_up_time: now(), auth_time: now() });
    expect((await session(raised)).body).toMatchObject({ roles: ['user'], acr: 1 });
    const { body } = await introspect(raised);
    expect(body).toMatchObject({ active: true, roles: ['user'], acr: '1' });
    expect(body['auth_time']).toBe(good.claims['auth_time']);
    expect(body).not.toHaveProperty('step_up_time');
    expect((await service.call('POST', '/platform/keys/rotate', { token: raised })).status).toBe(403);
  });

  it('gives no more than it says, whatever its session has', async () => {
    const lesser = forged({}, { roles: [], acr: '0' });
    expect((await introspect(lesser)).body).toMatchObject({ active: true, roles: [], acr: '0' });
  });

  it('never troubles the service, whatever its header is', async () => {
    const header = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ alg: fc.anything(), typ: fc.anything(), kid: fc.anything() })
        .map((each) => JSON.stringify(each) ?? ''),
      fc.dictionary(fc.string(), fc.jsonValue()).map((each) => JSON.stringify({ ...good.header, ...each })),
    );
    const [, payload = '', signature = ''] = tokens.access_token.split('.');
    await fc.assert(
      fc.asyncProperty(header, async (text) => {
        const token = `${Buffer.from(text).toString('base64url')}.${payload}.${signature}`;
        fc.pre(token !== tokens.access_token);
        expect((await session(token)).status).toBe(401);
        expect(await introspect(token)).toMatchObject({ status: 200, body: { active: false } });
      }),
      { numRuns: 150 },
    );
  });
});
