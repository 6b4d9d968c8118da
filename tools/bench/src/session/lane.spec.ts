import { describe, expect, it } from '@jest/globals';
import { answerIn, requestOf } from './lane.js';

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nDate: now\r\n\r\nbody';

describe('an answer', () => {
  it('is whole once its body is', () => {
    expect(answerIn(Buffer.from(answer))).toEqual({ status: 200, length: answer.length });
    expect(answerIn(Buffer.from(answer.slice(0, -1)))).toBeUndefined();
    expect(answerIn(Buffer.from(answer.slice(0, 30)))).toBeUndefined();
  });

  it('may have no body', () => {
    expect(answerIn(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))).toMatchObject({ status: 204 });
  });
});

it('writes requests with and without a credential', () => {
  expect(requestOf('GET', '/me', 'Cookie: a=b').toString()).toBe(
    'GET /me HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nCookie: a=b\r\n\r\n',
  );
  expect(requestOf('POST', '/logout', '').toString()).toContain('Content-Length: 0\r\n\r\n');
});
