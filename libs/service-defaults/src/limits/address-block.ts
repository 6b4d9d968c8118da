import { isIPv4, isIPv6 } from 'node:net';

const GROUPS = 8;
const PREFIX_GROUPS = 4;

/**
 * What an address is counted by: an IPv4 address for itself, an IPv6 address with its /64, which is the least that one
 * customer has to choose from. An IPv4 address in IPv6 clothes (RFC 4291 2.5.5.2) is the IPv4 address.
 */
export function addressBlock(address: string): string {
  if (isIPv4(address)) return address;
  const [unzoned = ''] = address.split('%');
  if (!isIPv6(unzoned)) return address;
  const groups = groupsOf(unzoned);
  return mappedIPv4(groups) ?? `${groups.slice(0, PREFIX_GROUPS).join(':')}::/64`;
}

/** The eight groups without leading zeros; the URL parser knows all ways to write them. */
function groupsOf(address: string): string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical.split('::').map((half) => half.split(':').filter(Boolean));
  return [...head, ...Array<string>(GROUPS - head.length - tail.length).fill('0'), ...tail];
}

function mappedIPv4(groups: readonly string[]): string | undefined {
  const [high = '', low = ''] = groups.slice(-2);
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return undefined;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((pair) => [pair >> 8, pair & 255])
    .join('.');
}
