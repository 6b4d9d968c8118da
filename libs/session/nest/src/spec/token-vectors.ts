import { createHmac } from 'node:crypto';
import { TokenMint } from './token-mint.js';

/** Where a rule stands, and what breaks it. */
export type VectorName = `RFC ${number} ${string}: ${string}`;

/** Makes a token that must be refused. Where nothing else is said, the mint's own key has signed it. */
export type Forgery = (mint: TokenMint, nowS: number) => string;

const base64url = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');
const json = (value: unknown) => base64url(JSON.stringify(value));
const user = (mint: TokenMint, changes = {}) => mint.userClaims('u1', 's1', changes);
const good = (mint: TokenMint) => mint.sign(user(mint));
const partsOf = (token: string) => token.split('.') as [header: string, payload: string, signature: string];
const headerOf = (mint: TokenMint) => ({ alg: 'ES256', typ: 'at+jwt', kid: mint.kid });
const hmac =
  (secret: string | Buffer, hash = 'sha256') =>
  (input: string) =>
    createHmac(hash, secret).update(input).digest('base64url');

const withHeader =
  (changes: object): Forgery =>
  (mint) =>
    mint.sign(user(mint), { ...changes });
const withClaims =
  (changes: object): Forgery =>
  (mint) =>
    mint.sign(user(mint, changes));
/** A header as it stands there, byte for byte. */
const withHeaderText =
  (text: (header: string) => string | Uint8Array): Forgery =>
  (mint) =>
    mint.signInput(`${base64url(text(JSON.stringify(headerOf(mint))))}.${json(user(mint))}`);
/** A payload as it stands there, byte for byte. */
const withPayload =
  (text: (payload: string) => string | Uint8Array): Forgery =>
  (mint) =>
    mint.signInput(`${json(headerOf(mint))}.${base64url(text(JSON.stringify(user(mint))))}`);
/** Somebody else's signature under a header that says where their key is. */
const withForeignKey =
  (header: (own: TokenMint) => object): Forgery =>
  (mint) => {
    const own = new TokenMint('http://gateway.test', 'holdfast');
    return own.sign(user(mint), { kid: mint.kid, ...header(own) });
  };
const unsigned =
  (alg: unknown): Forgery =>
  (mint) =>
    mint.raw(user(mint), { alg }, () => '');
const withSignature =
  (signature: string | Uint8Array): Forgery =>
  (mint) =>
    mint.raw(user(mint), { alg: 'ES256' }, () => base64url(signature));
const respelled =
  (part: 0 | 1 | 2, spell: (segment: string) => string): Forgery =>
  (mint) => {
    const parts = partsOf(good(mint));
    parts[part] = spell(parts[part]);
    return parts.join('.');
  };
const withSecret =
  (secret: (mint: TokenMint) => string | Buffer, alg = 'HS256', hash = 'sha256'): Forgery =>
  (mint) =>
    mint.raw(user(mint), { alg }, hmac(secret(mint), hash));

const pem = ({ publicKey }: TokenMint) => publicKey.export({ type: 'spki', format: 'pem' }).toString();
const der = ({ publicKey }: TokenMint) => publicKey.export({ type: 'spki', format: 'der' });
/** The order of P-256: no r and no s is as large (RFC 6090; FIPS 186-5). */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

/** JSON Web Signature. */
const JWS: Readonly<Record<VectorName, Forgery>> = {
  'RFC 7515 3.1: nothing': () => '',
  'RFC 7515 3.1: no dot': (mint) => good(mint).replaceAll('.', ''),
  'RFC 7515 3.1: one dot': (mint) => partsOf(good(mint)).slice(0, 2).join('.'),
  'RFC 7515 3.1: three dots': (mint) => `${good(mint)}.x`,
  'RFC 7515 3.1: only dots': () => '..',
  'RFC 7515 3.2: the flattened JSON serialization': (mint) => {
    const [protectedHeader, payload, signature] = partsOf(good(mint));
    return JSON.stringify({ protected: protectedHeader, payload, signature });
  },
  'RFC 7515 4: of two members of one name the last one counts': withHeaderText((header) =>
    header.replace('}', ',"alg":"none"}'),
  ),
  'RFC 7515 4.1.1: no alg': withHeader({ alg: undefined }),
  'RFC 7515 4.1.1: an alg in other letters': withHeader({ alg: 'es256' }),
  'RFC 7515 4.1.1: an alg that is a list': withHeader({ alg: ['ES256'] }),
  'RFC 7515 4.1.1: another alg of the same family': withHeader({ alg: 'ES384' }),
  'RFC 7515 4.1.1: an alg of another kind of key': withHeader({ alg: 'RS256' }),
  'RFC 7515 4.1.1: an alg that nobody registered': withHeader({ alg: 'ES256X' }),
  'RFC 7515 4.1.2: a jku of the forger': withForeignKey(() => ({ jku: 'http://127.0.0.1/jwks' })),
  'RFC 7515 4.1.3: a jwk of the forger': withForeignKey(({ jwk }) => ({ jwk })),
  'RFC 7515 4.1.3: a jwk of the forger under its own kid': withForeignKey(({ jwk, kid }) => ({ jwk, kid })),
  'RFC 7515 4.1.4: no kid': withHeader({ kid: undefined }),
  'RFC 7515 4.1.4: an empty kid': withHeader({ kid: '' }),
  'RFC 7515 4.1.4: a kid that is no text': withHeader({ kid: 1 }),
  'RFC 7515 4.1.4: an unknown kid': withHeader({ kid: 'other' }),
  'RFC 7515 4.1.5: an x5u of the forger': withForeignKey(() => ({ x5u: 'http://127.0.0.1/x.pem' })),
  'RFC 7515 4.1.6: an x5c of the forger': withForeignKey((own) => ({ x5c: [der(own).toString('base64')] })),
  'RFC 7515 4.1.11: a crit that nobody understands': withHeader({ crit: ['b64'], b64: false }),
  'RFC 7515 4.1.11: an empty crit': withHeader({ crit: [] }),
  'RFC 7515 4.1.11: a crit that is no list': withHeader({ crit: 'exp' }),
  'RFC 7515 4.1.11: a crit of what the standard defines': withHeader({ crit: ['alg'] }),
  'RFC 7515 4.1.11: a crit of what is not there': withHeader({ crit: ['absent'] }),
  'RFC 7515 5.2: a header with padding': respelled(0, (segment) => `${segment}=`),
  'RFC 7515 5.2: a header with a line break': respelled(
    0,
    (segment) => `${segment.slice(0, 4)}\n${segment.slice(4)}`,
  ),
  'RFC 7515 5.2: a payload with a blank': respelled(
    1,
    (segment) => `${segment.slice(0, 4)} ${segment.slice(4)}`,
  ),
  'RFC 7515 5.2: a header that is no JSON': withHeaderText((header) => header.slice(1)),
  'RFC 7515 5.2: a header that is a list': withHeaderText(() => '[]'),
  'RFC 7515 5.2: a header that is null': withHeaderText(() => 'null'),
  'RFC 7515 5.2: a header with something behind it': withHeaderText((header) => `${header}{}`),
  'RFC 7515 5.2: a header that was changed since': respelled(0, (segment) =>
    json({ ...(JSON.parse(Buffer.from(segment, 'base64url').toString()) as object), more: 1 }),
  ),
  'RFC 7515 5.2: a payload that was changed since': (mint) => {
    const [header, , signature] = partsOf(good(mint));
    return [header, json(user(mint, { roles: ['admin'] })), signature].join('.');
  },
  'RFC 7515 5.2: the signature of another token': (mint) => {
    const [header, payload] = partsOf(good(mint));
    return [header, payload, partsOf(good(mint))[2]].join('.');
  },
  'RFC 7515 5.2: a truncated signature': (mint) => good(mint).slice(0, -10),
  'RFC 7515 5.2: an empty signature': (mint) => `${partsOf(good(mint)).slice(0, 2).join('.')}.`,
  'RFC 7515 A.1: the example with HS256': () =>
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  'RFC 7515 A.3: the example with ES256': () =>
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  'RFC 7515 A.5: the example without a signature': () =>
    'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.',
  'RFC 7518 3.4: a signature in DER': withSignature(Buffer.alloc(70, 48)),
  'RFC 7518 3.4: a signature one byte too short': withSignature(Buffer.alloc(63, 1)),
  'RFC 7518 3.4: a signature one byte too long': withSignature(Buffer.alloc(65, 1)),
};

/** JSON Web Token. */
const JWT: Readonly<Record<VectorName, Forgery>> = {
  'RFC 7519 3: a JWE, in five parts': () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0.....',
  'RFC 7519 4: of two claims of one name the last one counts': withPayload((payload) =>
    payload.replace(/}$/, ',"exp":1}'),
  ),
  'RFC 7519 4.1.1: a foreign issuer': withClaims({ iss: 'http://elsewhere.test' }),
  'RFC 7519 4.1.1: an issuer that is a list': withClaims({ iss: ['http://gateway.test', 'x'] }),
  'RFC 7519 4.1.1: no issuer': withClaims({ iss: undefined }),
  'RFC 7519 4.1.2: no subject': withClaims({ sub: undefined }),
  'RFC 7519 4.1.2: an empty subject': withClaims({ sub: '' }),
  'RFC 7519 4.1.2: a subject that is a number': withClaims({ sub: 1 }),
  'RFC 7519 4.1.3: a foreign audience': withClaims({ aud: 'someone-else' }),
  'RFC 7519 4.1.3: several audiences, none of them ours': withClaims({ aud: ['a', 'b'] }),
  'RFC 7519 4.1.3: no audience in the list': withClaims({ aud: [] }),
  'RFC 7519 4.1.3: no audience': withClaims({ aud: undefined }),
  'RFC 7519 4.1.4: an expiry that is over': (mint, nowS) => mint.sign(user(mint, { exp: nowS - 6 })),
  'RFC 7519 4.1.4: an expiry that is a text': (mint, nowS) =>
    mint.sign(user(mint, { exp: String(nowS + 60) })),
  'RFC 7519 4.1.4: an expiry of null': withClaims({ exp: null }),
  'RFC 7519 4.1.4: an expiry below 0': withClaims({ exp: -1 }),
  'RFC 7519 4.1.4: no expiry': withClaims({ exp: undefined }),
  'RFC 7519 4.1.5: not yet': (mint, nowS) => mint.sign(user(mint, { nbf: nowS + 9 })),
  'RFC 7519 4.1.5: a beginning that is a text': (mint, nowS) => mint.sign(user(mint, { nbf: String(nowS) })),
  'RFC 7519 4.1.6: an issue time that is a text': (mint, nowS) =>
    mint.sign(user(mint, { iat: String(nowS) })),
  'RFC 7519 4.1.6: no issue time': withClaims({ iat: undefined }),
  'RFC 7519 4.1.7: no id': withClaims({ jti: undefined }),
  'RFC 7519 5.2: a token in a token': (mint) =>
    mint.signInput(`${json({ ...headerOf(mint), cty: 'JWT' })}.${base64url(good(mint))}`),
  'RFC 7519 6: an unsecured token': unsigned('none'),
  'RFC 7519 7.2: a payload that is no JSON': withPayload((payload) => payload.slice(1)),
  'RFC 7519 7.2: a payload that is a list': withPayload((payload) => `[${payload}]`),
  'RFC 7519 7.2: a payload that is a text': withPayload((payload) => JSON.stringify(payload)),
  'RFC 7519 7.2: a payload that is null': withPayload(() => 'null'),
  'RFC 7519 7.2: an empty payload': withPayload(() => ''),
};

/** JSON Web Token Best Current Practices. */
const BCP: Readonly<Record<VectorName, Forgery>> = {
  'RFC 8725 2.1: no algorithm, in other letters': unsigned('nOnE'),
  'RFC 8725 2.1: no algorithm, with a genuine signature': withHeader({ alg: 'none' }),
  'RFC 8725 2.1: HS256 with the public key (PEM) as its secret': withSecret(pem),
  'RFC 8725 2.1: HS256 with the public key (DER) as its secret': withSecret(der),
  'RFC 8725 2.1: HS256 with the public key (JWK) as its secret': withSecret(({ jwk }) => JSON.stringify(jwk)),
  'RFC 8725 2.1: HS512 with the public key (PEM) as its secret': withSecret(pem, 'HS512', 'sha512'),
  'RFC 8725 2.2: HS256 with an empty secret': withSecret(() => ''),
  'RFC 8725 3.1: an HMAC in the name of ES256': (mint) =>
    mint.raw(user(mint), { alg: 'ES256' }, hmac(pem(mint), 'sha512')),
  'RFC 8725 3.3: a key that is not ours under our kid': withForeignKey(() => ({})),
  'RFC 8725 3.4: a signature of zeros (CVE-2022-21449)': withSignature(Buffer.alloc(64)),
  'RFC 8725 3.4: r is 0': withSignature(Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)])),
  'RFC 8725 3.4: r and s are the order of the curve': withSignature(Buffer.from(ORDER + ORDER, 'hex')),
  'RFC 8725 3.7: a header in UTF-16': withHeaderText((header) => Buffer.from(header, 'utf16le')),
  'RFC 8725 3.7: a payload in UTF-16': withPayload((payload) => Buffer.from(payload, 'utf16le')),
  'RFC 8725 3.8: the issuer with a slash more': withClaims({ iss: 'http://gateway.test/' }),
  'RFC 8725 3.8: the issuer in other letters': withClaims({ iss: 'http://GATEWAY.test' }),
  'RFC 8725 3.9: an audience that begins with ours': withClaims({ aud: 'holdfast-other' }),
  'RFC 8725 3.10: a kid that is a path': withHeader({ kid: '../../../../dev/null' }),
  'RFC 8725 3.10: a kid that asks a database': withHeader({ kid: "' UNION SELECT 'x" }),
  'RFC 8725 3.10: a kid from the prototype': withHeader({ kid: '__proto__' }),
  'RFC 8725 3.11: typ JWT, as an id token has': withHeader({ typ: 'JWT' }),
  'RFC 8725 3.11: the typ of another kind of token': withHeader({ typ: 'logout+jwt' }),
  'RFC 8725 3.11: no typ': withHeader({ typ: undefined }),
  'RFC 8725 3.11: a typ that is a list': withHeader({ typ: ['at+jwt'] }),
  'RFC 8725 3.12: a session and a service scope': withClaims({ scope: 'internal' }),
  'RFC 8725 3.12: no session and no scope': withClaims({ sid: undefined }),
  'RFC 8725 3.12: a service scope for another subject': (mint) =>
    mint.sign(mint.serviceClaims('auth', { sub: 'u1' })),
  'RFC 8725 3.12: another scope than internal': (mint) =>
    mint.sign(mint.serviceClaims('auth', { scope: 'internal admin' })),
};

/** JWT Profile for OAuth 2.0 Access Tokens. */
const ACCESS_TOKEN: Readonly<Record<VectorName, Forgery>> = {
  'RFC 9068 2.2: no client': withClaims({ client_id: undefined }),
  'RFC 9068 2.2.1: no sign-in time': withClaims({ auth_time: undefined }),
  'RFC 9068 2.2.1: no level': withClaims({ acr: undefined }),
  'RFC 9068 2.2.1: a level below 0': withClaims({ acr: -1 }),
  'RFC 9068 2.2.1: a level that is a word': withClaims({ acr: 'high' }),
  'RFC 9068 2.2.1: a level that is a fraction': withClaims({ acr: 1.5 }),
  'RFC 9068 2.2.1: an empty level': withClaims({ acr: '' }),
  'RFC 9068 2.2.3.1: roles that are a text': withClaims({ roles: 'admin' }),
  'RFC 9068 2.2.3.1: no roles': withClaims({ roles: undefined }),
};

/** Tokens that must be refused, each named by the section that says so. */
export const TOKEN_VECTORS: Readonly<Record<VectorName, Forgery>> = {
  ...JWS,
  ...JWT,
  ...BCP,
  ...ACCESS_TOKEN,
};
