import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest } from '../testing/auth-service.js';

const BURST = 12;
/** Each second has its own; what takes longer than this may never be refused. */
const WITHIN_MS = 4_000;
let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 2, { CEILING_PER_ADDRESS: '2' });
});
afterAll(() => service.stop());

describe('a flood from one address', () => {
  const email = () => `${randomUUID()}@example.test`;
  it.each([
    ['/auth/register', () => ({ email: email(), password: 'correct horse battery', displayName: 'Ada' })],
    ['/auth/password-reset', () => ({ email: email() })],
    ['/auth/password-reset/confirm', () => ({ token: 'x', newPassword: 'correct horse battery' })],
  ])('is refused by POST %s above the ceiling, on all instances together', async (path, body) => {
    const from = { 'x-forwarded-for': `203.0.113.${path.length}` };
    const flood = async () => {
      const begunAt = performance.now();
      const answers = await Promise.all(
        Array.from({ length: BURST }, (_, n) =>
          service.call('POST', path, { body: body(), headers: from, at: n }),
        ),
      );
      return { answers, tookMs: performance.now() - begunAt };
    };
    let { answers, tookMs } = await flood();
    // On a machine that is busy.
    while (tookMs > WITHIN_MS) ({ answers, tookMs } = await flood());
    const refused = answers.filter(({ status }) => status === 429);
    const windows = Math.ceil(tookMs / 1_000) + 1;
    expect(refused.length).toBeGreaterThanOrEqual(BURST - 2 * windows);
    expect(refused).not.toEqual([]);
    for (const { body: problem, headers } of refused) {
      expect(problem['code']).toBe('ERR_RATE_LIMITED');
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
    const other = { 'x-forwarded-for': `198.51.100.${path.length}` };
    expect((await service.call('POST', path, { body: body(), headers: other })).status).not.toBe(429);
  });
});
