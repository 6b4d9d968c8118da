import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressBlock } from './address-block.js';

describe('addressBlock', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:FFFF:c000:0207', '192.0.2.7'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('counts %s by %s', (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });

  it('counts all addresses of a /64 alike, and those of two apart', () => {
    const half = fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 4 });
    const text = (...groups: number[]) => groups.map((group) => group.toString(16)).join(':');
    const mayBeMapped = (network: number[]) => network.every((group) => group === 0);
    fc.assert(
      fc.property(half, half, half, half, (network, other, one, two) => {
        fc.pre(!mayBeMapped(network) && !mayBeMapped(other));
        expect(addressBlock(text(...network, ...one))).toBe(addressBlock(text(...network, ...two)));
        const isSame = network.join() === other.join();
        expect(addressBlock(text(...network, ...one)) === addressBlock(text(...other, ...one))).toBe(isSame);
      }),
    );
  });

  it('throws for nothing', () => {
    const anything = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.%[\]]*$/));
    fc.assert(
      fc.property(anything, (address) => {
        const block = addressBlock(address);
        expect(block === address || isIPv4(block) || isIPv6(block.replace('/64', ''))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
