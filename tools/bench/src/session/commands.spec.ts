import { expect, it } from '@jest/globals';
import { countLines } from './commands.js';

it('tells what clients send from what scripts carry out', () => {
  const lines = [
    '+OK',
    '+1764331200.123456 [0 127.0.0.1:50000] "evalsha" "ab" "1" "[0 lua]"',
    '+1764331200.123457 [0 lua] "GET" "hf:{u}:s:1"',
    '+1764331200.123458 [0 lua] "TIME"',
    '+1764331200.123459 [0 127.0.0.1:50001] "get" "sess:1"',
  ];
  expect(countLines(lines)).toEqual({ sent: 2, executed: 4 });
});
