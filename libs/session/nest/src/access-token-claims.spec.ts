import { describe, expect, it } from '@jest/globals';
import { claimsOf } from './access-token-claims.js';

const NOW_S = 1_800_000_000;
const who = { sub: 'u1', sid: 's1', jti: 't1', client_id: 'c1', roles: ['user'], acr: '1' };
const times = { iat: NOW_S, exp: NOW_S + 300, auth_time: NOW_S };
const lifetimeOf = (changes: object) => {
  const claims = claimsOf({ ...who, ...times, ...changes });
  return claims?.kind === 'session' ? claims.lifetime : 'refused';
};

describe('what a token says of its session’s life', () => {
  it('is nothing where a store knows', () => {
    expect(lifetimeOf({})).toBeUndefined();
  });

  it('is when it began, when it is over, and what it was begun with', () => {
    const lifetime = { session_iat: NOW_S - 60, session_exp: NOW_S + 3_600 };
    const read = { createdAt: (NOW_S - 60) * 1000, expiresAt: (NOW_S + 3_600) * 1000 };
    expect(lifetimeOf(lifetime)).toEqual({ ...read, epoch: 0, rememberMe: false });
    const more = { ...lifetime, session_epoch: 1_800_000_000_123, remember_me: true };
    expect(lifetimeOf(more)).toEqual({ ...read, epoch: 1_800_000_000_123, rememberMe: true });
  });

  it.each([
    { session_iat: NOW_S },
    { session_exp: NOW_S },
    { session_iat: String(NOW_S), session_exp: NOW_S },
    { session_iat: NOW_S, session_exp: Number.POSITIVE_INFINITY },
    { session_iat: NOW_S, session_exp: NOW_S + 1, session_epoch: 'x' },
    { session_iat: NOW_S, session_exp: NOW_S + 1, session_epoch: 1.5 },
    { session_iat: NOW_S, session_exp: NOW_S + 1, remember_me: 'yes' },
  ])('G16: makes the whole token refused where it is malformed: %j', (changes) => {
    expect(lifetimeOf(changes)).toBe('refused');
  });
});
