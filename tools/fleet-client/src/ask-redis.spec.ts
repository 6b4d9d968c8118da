import { describe, expect, it } from '@jest/globals';
import { endOfReply } from './ask-redis.js';

describe('the end of a Redis reply', () => {
  it.each(['+PONG\r\n', '-ERR no\r\n', ':1\r\n', '$4\r\nrole\r\n', '$-1\r\n', '*-1\r\n', '*0\r\n'])(
    'is found in %j',
    (reply) => {
      expect(endOfReply(reply)).toBe(reply.length);
      expect(endOfReply(`${reply}+more\r\n`)).toBe(reply.length);
    },
  );

  it('is found behind nested arrays', () => {
    const reply = '*3\r\n$6\r\nmaster\r\n:0\r\n*1\r\n*2\r\n$1\r\na\r\n$4\r\n7001\r\n';
    expect(endOfReply(reply)).toBe(reply.length);
  });

  it('is not there before the last byte', () => {
    const reply = '*2\r\n$9\r\n127.0.0.1\r\n$4\r\n7001\r\n';
    for (let size = 0; size < reply.length; size += 1)
      expect(endOfReply(reply.slice(0, size))).toBeUndefined();
  });
});
