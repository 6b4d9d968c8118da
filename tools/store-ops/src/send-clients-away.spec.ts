import { expect, it } from '@jest/globals';
import { clientsOf } from './send-clients-away.js';

it('finds every client in the list, and leaves the Sentinels out', () => {
  const list = [
    '$300\r\nid=7 addr=127.0.0.1:1 laddr=127.0.0.1:2 fd=8 name=sentinel-b8f61b43-cmd age=17 flags=N cmd=ping',
    'id=12 addr=127.0.0.1:3 laddr=127.0.0.1:2 fd=9 name= age=17 flags=N cmd=evalsha',
    'id=13 addr=127.0.0.1:4 laddr=127.0.0.1:2 fd=10 name=order-1 age=17 flags=N cmd=get\r\n',
  ].join('\n');
  expect(clientsOf(list)).toEqual(['12', '13']);
  expect(clientsOf('-NOPERM no\r\n')).toEqual([]);
});
