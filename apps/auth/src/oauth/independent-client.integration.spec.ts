import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as oauth from 'oauth4webapi';
import { AuthServiceUnderTest, issuer, serviceClients } from '../testing/auth-service.js';
import { throughIssuer } from '../testing/oauth-client.js';

const cli: oauth.Client = { client_id: 'holdfast-cli' };
const order: oauth.Client = { client_id: 'order' };
let service: AuthServiceUnderTest;
let server: oauth.AuthorizationServer;
let keys: JWTVerifyGetKey;
let options: ReturnType<typeof throughIssuer>['options'];

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 14);
  const way = throughIssuer([service.at(0), service.at(1)]);
  options = way.options;
  const discovered = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...options });
  server = await oauth.processDiscoveryResponse(new URL(issuer), discovered);
  keys = way.keySet(server.jwks_uri ?? '');
});
afterAll(() => service.stop());

const signIn = async () => service.signIn(await service.register());
const checks = { issuer, audience: 'holdfast', typ: 'at+jwt', algorithms: ['ES256'] };

async function refresh(refreshToken: string): Promise<oauth.TokenEndpointResponse> {
  const asked = oauth.refreshTokenGrantRequest(server, cli, oauth.None(), refreshToken, options);
  return oauth.processRefreshTokenResponse(server, cli, await asked);
}

async function introspect(token: string): Promise<oauth.IntrospectionResponse> {
  const secret = oauth.ClientSecretBasic(serviceClients.order);
  const asked = oauth.introspectionRequest(server, order, secret, token, options);
  return oauth.processIntrospectionResponse(server, order, await asked);
}

async function revoke(token: string): Promise<void> {
  const asked = oauth.revocationRequest(server, cli, oauth.None(), token, options);
  await oauth.processRevocationResponse(await asked);
}

async function serviceToken(secret = serviceClients.order, scope = 'internal') {
  const parameters = new URLSearchParams({ scope });
  const method = oauth.ClientSecretBasic(secret);
  const asked = oauth.clientCredentialsGrantRequest(server, order, method, parameters, options);
  return oauth.processClientCredentialsResponse(server, order, await asked);
}

describe('somebody else’s OAuth client', () => {
  it('refreshes, and an independent verifier takes the new token', async () => {
    const { refresh_token: token, sessionId } = await signIn();
    const answer = await refresh(token);
    expect(answer.refresh_token).not.toBe(token);
    const { payload } = await jwtVerify(answer.access_token, keys, checks);
    expect(payload).toMatchObject({ sid: sessionId, client_id: 'holdfast-cli', acr: '1', roles: ['user'] });
  });

  it('is told by an OAuth error that its grant is over, and why', async () => {
    const { refresh_token: token } = await signIn();
    await revoke(token);
    const refusal: unknown = await refresh(token).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(oauth.ResponseBodyError);
    expect(refusal).toMatchObject({
      error: 'invalid_grant',
      status: 400,
      cause: { endedBecause: 'revoked' },
    });
  });

  it('revokes by an access token as well, and whatever else it has without an error', async () => {
    const tokens = await signIn();
    for (const token of ['garbage', tokens.access_token, tokens.access_token]) await revoke(token);
    expect(await introspect(tokens.refresh_token)).toEqual({ active: false });
  });
});

describe('somebody else’s service', () => {
  it('gets a token of its own, which an independent verifier takes', async () => {
    const answer = await serviceToken();
    expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'internal' });
    expect(answer).not.toHaveProperty('refresh_token');
    const { payload } = await jwtVerify(answer.access_token, keys, checks);
    expect(payload).toMatchObject({ sub: 'order', client_id: 'order', scope: 'internal' });
    expect(payload).not.toHaveProperty('sid');
  });

  it('is refused with a wrong secret and asked for Basic', async () => {
    const refusal: unknown = await serviceToken(serviceClients.user).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ status: 401 });
    expect(refusal).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
    expect(refusal).toMatchObject({ cause: [{ scheme: 'basic', parameters: { realm: 'holdfast' } }] });
  });

  it('is told by an OAuth error that there is no such scope', async () => {
    await expect(serviceToken(undefined, 'internal admin')).rejects.toMatchObject({
      error: 'invalid_scope',
      status: 400,
    });
  });

  it('is told what an access and a refresh token are good for, and no longer once the session is over', async () => {
    const tokens = await signIn();
    const about = { active: true, iss: issuer, sid: tokens.sessionId, acr: '1', roles: ['user'] };
    const access = await introspect(tokens.access_token);
    const { payload } = await jwtVerify(tokens.access_token, keys, checks);
    const { sub, jti, exp, aud, auth_time: authTime } = payload;
    const same = { sub, jti, exp, aud, auth_time: authTime, client_id: 'holdfast-cli', token_type: 'bearer' };
    expect({ ...access, token_type: access.token_type?.toLowerCase() }).toEqual({ ...about, ...same });
    const refreshToken = await introspect(tokens.refresh_token);
    expect(refreshToken).toMatchObject({ ...about, sub, client_id: 'holdfast-cli' });
    expect(refreshToken.exp).toBeGreaterThan(exp ?? 0);
    await revoke(tokens.refresh_token);
    expect(await introspect(tokens.access_token)).toEqual({ active: false });
    expect(await introspect(tokens.refresh_token)).toEqual({ active: false });
  });

  it('is told that a spent refresh token is good for nothing, which leaves the session as it was', async () => {
    const tokens = await signIn();
    const { refresh_token: newest = '' } = await refresh(tokens.refresh_token);
    expect(await introspect(tokens.refresh_token)).toEqual({ active: false });
    expect(await introspect(newest)).toMatchObject({ active: true, sid: tokens.sessionId });
    expect(await introspect(tokens.access_token)).toMatchObject({ active: true });
    expect((await refresh(newest)).refresh_token).not.toBe(newest);
  });

  it('is told about a service’s token', async () => {
    const { access_token: token } = await serviceToken();
    expect(await introspect(token)).toMatchObject({
      active: true,
      sub: 'order',
      client_id: 'order',
      scope: 'internal',
    });
  });
});
