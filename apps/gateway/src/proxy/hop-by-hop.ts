/** Headers that belong to one connection (RFC 9110 7.6.1), and `Expect`, which is answered here. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
]);

/** Whether a header (lower case) must not be handed on. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}

/** The headers that a `Connection` value declares to be hop-by-hop as well; `undefined` for the usual values, which name none. */
export function namedByConnection(value: string): ReadonlySet<string> | undefined {
  if (value === 'keep-alive' || value === 'close') return undefined;
  const names = value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'keep-alive' && name !== 'close');
  return names.length === 0 ? undefined : new Set(names);
}
