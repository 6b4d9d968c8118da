import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { oauthForm } from './oauth-form.js';
import { OAuthRefusal } from './oauth-error.js';

const type = 'application/x-www-form-urlencoded';
const headers = { 'content-type': type };
const client = { client_id: 'holdfast-cli' };

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
  ])('refuses %s as invalid_request', (_what, someHeaders, body) => {
    const form = oauthForm({ headers: someHeaders, body });
    expect(form instanceof OAuthRefusal && [form.body.error, form.status]).toEqual(['invalid_request', 400]);
  });

  it('takes or refuses whatever it is given, and invents no parameter', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (body) => {
        const form = oauthForm({ headers, body });
        if (form instanceof OAuthRefusal) return expect(form.status).toBe(400);
        return expect(Object.entries(form)).toEqual(Object.entries(body as object));
      }),
    );
  });
});
