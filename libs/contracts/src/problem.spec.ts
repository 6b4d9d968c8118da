import { describe, expect, it } from '@jest/globals';
import { problemCodeOf } from './problem.js';

describe('problemCodeOf', () => {
  it('reads the code of a problem document, and of nothing else', () => {
    expect(problemCodeOf('{"title":"Over","code":"ERR_SESSION_ENDED"}')).toBe('ERR_SESSION_ENDED');
    expect(problemCodeOf('{ "code" : "ERR_STORE_UNAVAILABLE" }')).toBe('ERR_STORE_UNAVAILABLE');
  });

  it.each([
    '',
    '<html>ERR_SESSION_ENDED</html>',
    'null',
    '"ERR_SESSION_ENDED"',
    '["ERR_SESSION_ENDED"]',
    '{"detail":"\\"ERR_SESSION_ENDED\\""}',
    '{"error":{"code":"ERR_SESSION_ENDED"}}',
    '{"code":"ERR_NEVER_HEARD_OF"}',
    '{"code":7}',
  ])('finds none in %s', (text) => {
    expect(problemCodeOf(text)).toBeUndefined();
  });
});
