import { StoreUnavailableError } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import { describe, expect, it } from '@jest/globals';
import { visitorOf } from './visitor.js';

const request = { ip: '203.0.113.9', headers: { 'user-agent': 'spec' }, credential: undefined };
const session = { sessionId: 's1' } as ActiveSession;

describe('visitorOf', () => {
  it('is where a request comes from, and the session that came along', () => {
    const client = { ip: '203.0.113.9', userAgent: 'spec' };
    expect(visitorOf(request, undefined)).toEqual({ client, session: undefined });
    const credential = { kind: 'session', session };
    expect(visitorOf({ ...request, credential }, session)).toEqual({
      client,
      session,
    });
    expect(visitorOf({ ...request, headers: {} }, undefined).client.userAgent).toBe('');
  });

  it('is nobody while the store cannot say whose session came along', () => {
    const cause = new StoreUnavailableError();
    const uncertain = { ...request, credential: { kind: 'unavailable', cause } } as const;
    expect(() => visitorOf(uncertain, undefined)).toThrow(cause);
  });

  it.each([
    { kind: 'refused', error: 'invalid_token', detail: '' },
    { kind: 'ended', sessionId: 's1' },
  ] as const)('minds no credential that is no good: $kind', (credential) => {
    expect(visitorOf({ ...request, credential }, undefined).session).toBeUndefined();
  });
});
