import { describe, expect, it } from '@jest/globals';
import { oauthForm } from './oauth-form.js';
import { OAuthRefusal } from './oauth-error.js';

const type = 'application/x-www-form-urlencoded';
const headers = { 'content-type': type };
const client = { client_id: 'holdfast-cli' };

function refusalOf(request: Parameters<typeof oauthForm>[0]) {
  const form = oauthForm(request);
  return form instanceof OAuthRefusal ? [form.body.error, form.status] : form;
}

describe('oauthForm', () => {
  it.each([type, `${type}; charset=UTF-8`, type.toUpperCase()])('takes a form sent as %s', (contentType) => {
    expect(oauthForm({ headers: { 'content-type': contentType }, body: { ...client, token: 't' } })).toEqual({
      ...client,
      token: 't',
    });
  });

  it.each([
    ['JSON', { 'content-type': 'application/json' }, client],
    ['no body', headers, undefined],
    ['no content type', {}, client],
    ['a parameter twice', headers, { ...client, token: ['a', 'b'] }],
    ['no client', headers, { token: 'a' }],
    ['an empty client', headers, { client_id: '' }],
  ])('refuses %s as invalid_request', (_what, someHeaders, body) => {
    expect(refusalOf({ headers: someHeaders, body })).toEqual(['invalid_request', 400]);
  });

  it.each([
    ['an unknown client', headers, { client_id: 'somebody' }],
    ['a client that authenticates', { ...headers, authorization: 'Basic aG9sZGZhc3QtY2xpOg==' }, client],
  ])('refuses %s as invalid_client', (_what, someHeaders, body) => {
    expect(refusalOf({ headers: someHeaders, body })).toEqual(['invalid_client', 401]);
  });

  it('does not mind a bearer token', () => {
    const request = { headers: { ...headers, authorization: 'Bearer x' }, body: client };
    expect(oauthForm(request)).toEqual(client);
  });
});
