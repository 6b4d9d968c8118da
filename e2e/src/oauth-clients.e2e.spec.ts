import { describe, expect, it } from '@jest/globals';
import { Device } from '@holdfast/fleet-client';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { fleet, gateway } from './fleet.js';

const client: oauth.Client = { client_id: 'holdfast-cli' };
// The fleet speaks plain HTTP on loopback; a client of somebody else's must be told so.
// eslint-disable-next-line @typescript-eslint/no-deprecated -- the mark is a warning: for local testing only, which this is
const insecure = { [oauth.allowInsecureRequests]: true };

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL((await fleet()).gateway.url);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(issuer, response);
}

async function refresh(server: oauth.AuthorizationServer, refreshToken: string) {
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, insecure);
  return oauth.processRefreshTokenResponse(server, client, response);
}

describe("somebody else's OAuth client", () => {
  it('finds everything by discovery, under the issuer that it asked', async () => {
    const server = await discover();
    const { url } = (await fleet()).gateway;
    expect(server.issuer).toBe(url);
    for (const endpoint of [
      server.token_endpoint,
      server.revocation_endpoint,
      server.introspection_endpoint,
      server.jwks_uri,
    ]) {
      expect(endpoint).toMatch(new RegExp(`^${url}/`));
    }
  });

  it('refreshes, and an independent verifier takes the token for what it is', async () => {
    const server = await discover();
    const device = await Device.ofNewUser(await gateway());
    const tokens = await refresh(server, device.tokens.refresh_token);
    expect(tokens.refresh_token).not.toBe(device.tokens.refresh_token);
    const keys = createRemoteJWKSet(new URL(server.jwks_uri ?? ''));
    const { payload } = await jwtVerify(tokens.access_token, keys, {
      issuer: server.issuer,
      audience: 'holdfast',
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'client_id', 'sid', 'jti', 'iat', 'exp', 'auth_time', 'acr', 'roles'],
    });
    expect(payload['sid']).toBe(device.sessionId);
    expect(JSON.stringify(payload)).not.toMatch(/@|Ada/);
  });

  it('revokes a token, after which a refresh is an invalid_grant', async () => {
    const server = await discover();
    const device = await Device.ofNewUser(await gateway());
    const { refresh_token: token } = device.tokens;
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, oauth.None(), token, insecure),
    );
    await expect(refresh(server, token)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    expect((await device.call('GET', '/cart')).body).toMatchObject({ endedBecause: 'revoked' });
  });

  it('is asked for its credentials where tokens are introspected', async () => {
    const server = await discover();
    const device = await Device.ofNewUser(await gateway());
    const stranger: oauth.Client = { client_id: 'order' };
    const response = await oauth.introspectionRequest(
      server,
      stranger,
      oauth.ClientSecretBasic('not the secret of that client'),
      device.tokens.access_token,
      insecure,
    );
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
  });
});
