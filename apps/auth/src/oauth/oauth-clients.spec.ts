import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { OAuthClients } from './oauth-clients.js';
import { OAuthRefusal } from './oauth-error.js';

const secret = randomBytes(32).toString('base64url');
const hash = createHash('sha256').update(secret).digest('base64url');
const clients = new OAuthClients(new Map([['order', { hash, scope: 'internal' }]]));
const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
});
const form = { client_id: 'holdfast-cli' };

function identified(headers: Record<string, string>, parameters: Record<string, string>) {
  const client = clients.identify({ headers, body: parameters }, parameters);
  return client instanceof OAuthRefusal ? client.body.error : client;
}

describe('OAuthClients', () => {
  it('knows the public client by its name', () => {
    expect(identified({}, form)).toEqual({ kind: 'public' });
    expect(identified({ authorization: 'Bearer x' }, form)).toEqual({ kind: 'public' });
  });

  it('knows a service by its secret, named once more in the form or not', () => {
    const order = { kind: 'confidential', id: 'order', scope: 'internal' };
    expect(identified(basic('order', secret), {})).toEqual(order);
    expect(identified(basic('order', secret), { client_id: 'order' })).toEqual(order);
  });

  it.each([
    ['a wrong secret', basic('order', `${secret}x`), {}],
    ['the hash for the secret', basic('order', hash), {}],
    ['no secret', basic('order', ''), {}],
    ['an unknown service', basic('somebody', secret), {}],
    ['a name from the prototype', basic('__proto__', secret), {}],
    ['the public client as a service', basic('holdfast-cli', secret), form],
    ['half a header', { authorization: 'Basic' }, form],
    ['a header that cannot be read', { authorization: 'Basic %%%' }, form],
    ['a secret in the form', {}, { client_id: 'order', client_secret: secret }],
    ['a service without its secret', {}, { client_id: 'order' }],
    ['the browsers’ client, which asks for nothing itself', {}, { client_id: 'holdfast-web' }],
    ['an unknown client', {}, { client_id: 'somebody' }],
  ])('refuses %s as invalid_client', (_what, headers, parameters) => {
    expect(identified(headers as Record<string, string>, parameters as Record<string, string>)).toBe(
      'invalid_client',
    );
  });

  it.each([
    ['no client', {}, {}],
    ['an empty client', {}, { client_id: '' }],
    ['a service that says it is the public client', basic('order', secret), form],
    ['a service that says its secret twice', basic('order', secret), { client_secret: secret }],
  ])('refuses %s as invalid_request', (_what, headers, parameters) => {
    expect(identified(headers as Record<string, string>, parameters as Record<string, string>)).toBe(
      'invalid_request',
    );
  });
});
