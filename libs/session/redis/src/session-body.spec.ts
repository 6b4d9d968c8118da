import { randomBytes, randomUUID } from 'node:crypto';
import { SessionIds, SessionKeys } from '@holdfast/session-core';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeBody, encodeBody, type SessionBody } from './session-body.js';

const ids = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')), 7);
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

const hash = fc.string({ minLength: 43, maxLength: 43, unit: 'grapheme-ascii' });
const bodies = fc.record(
  {
    userId: fc.oneof(fc.uuid(), fc.string({ minLength: 1, maxLength: 40 })),
    roles: fc.array(fc.string(), { maxLength: 5 }),
    authzVersion: fc.nat(),
    acr: fc.nat(9),
    client: fc.record({
      ip: fc.oneof(fc.ipV4(), fc.ipV6()),
      userAgent: fc.string({ maxLength: 256, unit: 'binary' }),
    }),
    rememberMe: fc.constant(true as const),
    cookie: fc.record({ hash, previous: fc.record({ hash, acr: fc.nat(9) }) }, { requiredKeys: ['hash'] }),
  },
  { requiredKeys: ['userId', 'roles', 'authzVersion', 'acr', 'client'] },
);

it('gives back what it was given', () => {
  fc.assert(
    fc.property(bodies, ({ cookie, rememberMe, ...rest }) => {
      const body: SessionBody = {
        ...rest,
        sessionId: ids.mint(rest.userId),
        ...(rememberMe && { rememberMe }),
        ...(cookie && {
          cookie: { hash: cookie.hash, ...(cookie.previous && { previous: cookie.previous }) },
        }),
      };
      expect(decodeBody(ids, ids.userTag(rest.userId), encodeBody(ids, body))).toEqual(body);
    }),
    { numRuns: 500 },
  );
});

it('takes 80 bytes or less for the session of a common browser', () => {
  const userId = randomUUID();
  const client = { ip: '203.0.113.77', userAgent: CHROME };
  const body = { sessionId: ids.mint(userId), userId, roles: ['user'], authzVersion: 0, acr: 1, client };
  expect(encodeBody(ids, body).length).toBeLessThanOrEqual(80);
});

it('refuses a format that it does not know', () => {
  expect(() => decodeBody(ids, '', Buffer.of(2, 0, 0))).toThrow(TypeError);
});
