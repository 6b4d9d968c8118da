import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AuthServiceUnderTest, serviceClients } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 14, { CEILING_PER_ADDRESS: '0' });
});
afterAll(() => service.stop());

const form = 'application/x-www-form-urlencoded';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const genuine = `Basic ${base64(`order:${serviceClients.order}`)}`;
const name = fc.oneof(
  fc.constantFrom('grant_type', 'client_id', 'client_secret', 'refresh_token', 'token', 'scope', '__proto__'),
  fc.string(),
);
const value = fc.oneof(
  fc.constantFrom('refresh_token', 'client_credentials', 'holdfast-cli', 'order', 'internal', ''),
  fc.string({ unit: 'binary' }),
  fc.base64String(),
);
const body = fc.oneof(
  fc.array(fc.tuple(name, value), { maxLength: 8 }).map((pairs) => new URLSearchParams(pairs).toString()),
  fc.string({ unit: 'binary' }),
);
/** What a header may hold at all. */
const printable = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
});
const authorization = fc.oneof(
  fc.constantFrom(undefined, genuine, genuine, 'Basic', 'Bearer x'),
  printable.map((text) => `Basic ${text}`),
  fc.string({ unit: 'binary' }).map((text) => `Basic ${base64(text)}`),
);
const type = fc.constantFrom(form, form, form, `${form};charset=latin1`, 'application/json', 'text/plain');

describe('the OAuth endpoints', () => {
  it.each(['/oauth/token', '/oauth/revoke', '/oauth/introspect'])(
    'POST %s answers anything by its RFC, and never with a fault of ours',
    async (path) => {
      await fc.assert(
        fc.asyncProperty(body, authorization, type, async (text, credentials, contentType) => {
          const headers = { 'content-type': contentType, ...(credentials && { authorization: credentials }) };
          const answer = await service.call('POST', path, { headers, body: text });
          expect([200, 400, 401]).toContain(answer.status);
          if (answer.status !== 200) expect(answer.body).toMatchObject({ error: expect.any(String) });
          expect(answer.headers.has('www-authenticate')).toBe(answer.status === 401);
        }),
        { numRuns: 200 },
      );
    },
  );
});
