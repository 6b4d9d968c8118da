import { describe, expect, it } from '@jest/globals';
import { isDatabaseUnavailable } from './availability.js';

const withCode = (code: string, message = 'why') => Object.assign(new Error(message), { code });

describe('isDatabaseUnavailable', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', '08006', '53300', '57P01', '57P03', '25006'])(
    'says yes to %s, wrapped or not',
    (code) => {
      expect(isDatabaseUnavailable(withCode(code))).toBe(true);
      expect(isDatabaseUnavailable(new Error('Failed query', { cause: withCode(code) }))).toBe(true);
    },
  );

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('says yes to "%s"', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it.each(['23505', '42P01', '22P02', '40001', '42601'])('says no to %s', (code) => {
    expect(isDatabaseUnavailable(withCode(code, 'connection terminated'))).toBe(false);
  });

  it.each([undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }, new Error('x')])(
    'says no to %p',
    (error) => {
      expect(isDatabaseUnavailable(error)).toBe(false);
    },
  );

  it('survives a circle of causes', () => {
    const error = new Error('a');
    error.cause = error;
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
