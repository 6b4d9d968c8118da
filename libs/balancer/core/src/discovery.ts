import type { Member } from './member.js';

/** Where instances are heard of: the registry, a list, DNS. */
export interface DiscoverySource {
  /**
   * Calls `onChange` with all members of all services, first as soon as any are known and then whenever they change. A
   * service that had members never gets none: whoever lists them may be away, and its instances are there all the same.
   */
  watch(onChange: (members: readonly Member[]) => void): { stop(): void };
}

/** Where each service is looked for: origins by its name. */
export type OriginsByService = ReadonlyMap<string, readonly string[]>;

/** How instances are found (`DISCOVERY`). */
export type DiscoverySetting =
  | { readonly kind: 'registry' }
  /** These and no others. */
  | { readonly kind: 'static'; readonly origins: OriginsByService }
  /** Host names, resolved again and again; one that begins with `_` names SRV records. */
  | { readonly kind: 'dns'; readonly origins: OriginsByService };

const FORM = {
  static: 'static:order=http://10.0.0.1:3000,http://10.0.0.2:3000;user=http://10.0.0.3:3000',
  dns: 'dns:order=http://order.internal:3000;user=http://_http._tcp.user.internal',
};
const SERVICE = /^[a-z][\w-]*$/i;

/**
 * Reads `registry`, `static:…` (origins of instances) or `dns:…` (names that resolve to instances); each takes
 * `service=origin,origin;service=…`. Throws a `TypeError` that says what is wrong and shows the form.
 */
export function parseDiscovery(text: string): DiscoverySetting {
  if (text === 'registry') return { kind: 'registry' };
  const [kind = '', ...list] = text.split(':');
  if (kind !== 'static' && kind !== 'dns') {
    throw new TypeError(`"${text}" is no discovery; there is: registry, ${FORM.static}, ${FORM.dns}`);
  }
  try {
    return { kind, origins: originsOf(list.join(':'), kind === 'dns' ? checkName : checkOrigin) };
  } catch (error) {
    throw new TypeError(`${error instanceof Error ? error.message : ''}; the form is ${FORM[kind]}`);
  }
}

type CheckOrigin = (origin: string, url: URL) => void;

function originsOf(list: string, check: CheckOrigin): OriginsByService {
  const byService = new Map<string, readonly string[]>();
  for (const entry of list.split(';').map((part) => part.trim())) {
    const [service = '', ...origins] = entry.split('=');
    if (!SERVICE.test(service))
      throw new TypeError(`"${entry}" does not begin with the name of a service and =`);
    if (byService.has(service)) throw new TypeError(`${service} is there twice`);
    byService.set(
      service,
      origins
        .join('=')
        .split(',')
        .map((origin) => checkedOrigin(origin.trim(), check)),
    );
  }
  return byService;
}

function checkedOrigin(origin: string, check: CheckOrigin): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !/^\w+:\/\/[^/?#@\\]+$/.test(origin)) {
    throw new TypeError(`"${origin}" is no origin`);
  }
  check(origin, url);
  return url.origin;
}

function checkOrigin(origin: string, { hostname }: URL): void {
  if (hostname.startsWith('_')) throw new TypeError(`"${origin}" names SRV records, which only DNS has`);
}

/** An address has no name that a certificate could be for, and SRV records say the port themselves. */
function checkName(origin: string, { protocol, hostname, port }: URL): void {
  if (protocol !== 'http:') throw new TypeError(`"${origin}" must begin with http://`);
  if (hostname.startsWith('_') && port !== '') {
    throw new TypeError(`"${origin}" names SRV records, which say the port`);
  }
}

/**
 * A member that nobody announced: its id is made of where it is, its run is not known. `origin` without a path, such as
 * `http://10.0.0.1:3000`.
 */
export function unannounced(service: string, origin: string, weight?: number): Member {
  // Of `http://[::1]:3000` too an id of letters, digits, dots and dashes is left.
  const place = origin.split(/[^\w.]+/).slice(1);
  return {
    id: [service, ...place].join('-'),
    service,
    url: origin,
    state: 'ready',
    pid: 0,
    startedAt: 0,
    ...(weight !== undefined && { weight }),
  };
}
