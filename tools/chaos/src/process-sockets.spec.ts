import { expect, it } from '@jest/globals';
import { socketsOf } from './process-sockets.js';

it('reads established connections with their ports and inodes, and no others', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0',
    '   1: 0100007F:9C40 0100007F:18EB 01 00000000:00000000 02:000004A5 00000000     0        0 222 2 0 20 4 30 10 -1',
    '  12: 0100007F:9C42 0100007F:18EB 06 00000000:00000000 03:00000B1E 00000000     0        0 0 3 0',
  ].join('\n');
  expect(socketsOf(table)).toEqual([{ localPort: 40_000, remotePort: 6_379, inode: '222' }]);
});
