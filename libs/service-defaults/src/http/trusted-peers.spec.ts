import { describe, expect, it } from '@jest/globals';
import { isTrustedPeer } from './trusted-peers.js';

describe('isTrustedPeer', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '172.20.0.5', '192.168.1.1', 'fd00::1'])(
    'believes %s next to us, and nobody behind it',
    (address) => {
      expect([isTrustedPeer(address, 0), isTrustedPeer(address, 1)]).toEqual([true, false]);
    },
  );

  it.each(['8.8.8.8', '172.32.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'nonsense', ''])(
    'does not believe %j',
    (address) => {
      expect(isTrustedPeer(address, 0)).toBe(false);
    },
  );
});
