import { Resolver } from 'node:dns/promises';
import {
  mergeMembers,
  unannounced,
  type DiscoverySource,
  type Member,
  type OriginsByService,
} from '@holdfast/balancer-core';

const DEFAULT_INTERVAL_MS = 5_000;
/** While a service has never resolved: it may just be starting. */
const IMPATIENT_MS = 500;
const TIMEOUT_MS = 1_000;
const TRIES = 2;
/** What a name server says of a name that has no such records: an answer, not a failure. */
const NOTHING_THERE = new Set(['ENODATA', 'ENOTFOUND']);

/** What is asked: the part of Node's `Resolver` that is needed. */
export type DnsResolver = Pick<Resolver, 'resolve4' | 'resolve6' | 'resolveSrv'>;

/** What `DnsMembers` may be given instead of its defaults. */
export interface DnsOptions {
  /** Default: asks the system's name servers (not its hosts file, nor its search domains), for 1 s and twice. */
  readonly resolver?: DnsResolver;
  /** From one round to the next, in milliseconds. Default 5,000. */
  readonly intervalMs?: number;
}

/**
 * Instances by DNS: the A records of a name (AAAA where it has none), or the SRV records of one that begins with `_`, of
 * which those of the lowest priority count and whose weights are the members' (RFC 2782). Names are resolved again at an
 * interval. One that does not resolve, or to nothing, keeps the members that it had.
 */
export class DnsMembers implements DiscoverySource {
  readonly #resolver: DnsResolver;
  readonly #intervalMs: number;

  constructor(
    private readonly origins: OriginsByService,
    { resolver, intervalMs }: DnsOptions = {},
  ) {
    this.#resolver = resolver ?? new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    this.#intervalMs = intervalMs ?? DEFAULT_INTERVAL_MS;
  }

  watch(onChange: (members: readonly Member[]) => void): { stop(): void } {
    let members: readonly Member[] = [];
    let timer: NodeJS.Timeout | undefined;
    let stopped = false;
    const round = async () => {
      const resolved = (await Promise.all([...this.origins].map((entry) => this.#resolve(...entry)))).flat();
      if (stopped) return;
      const merged = sorted(mergeMembers(members, resolved, false));
      const isNews = JSON.stringify(merged) !== JSON.stringify(members);
      members = merged;
      const found = new Set(members.map(({ service }) => service));
      timer = setTimeout(
        () => void round(),
        found.size < this.origins.size ? IMPATIENT_MS : this.#intervalMs,
      );
      timer.unref();
      if (isNews) onChange(members);
    };
    void round();
    return {
      stop: () => {
        stopped = true;
        clearTimeout(timer);
      },
    };
  }

  /** The members of a service; none if any of its names cannot be resolved now: half of them would be a wrong listing. */
  async #resolve(service: string, origins: readonly string[]): Promise<readonly Member[]> {
    try {
      const resolved = await Promise.all(origins.map((origin) => this.#membersAt(service, new URL(origin))));
      return resolved.flat();
    } catch {
      return [];
    }
  }

  async #membersAt(service: string, { hostname, port }: URL): Promise<readonly Member[]> {
    if (hostname.startsWith('_')) return this.#membersBySrv(service, hostname);
    const at = port === '' ? '' : `:${port}`;
    const addresses = await orNothing(this.#resolver.resolve4(hostname));
    if (addresses.length > 0) return addresses.map((each) => unannounced(service, `http://${each}${at}`));
    const longer = await orNothing(this.#resolver.resolve6(hostname));
    return longer.map((each) => unannounced(service, `http://[${each}]${at}`));
  }

  async #membersBySrv(service: string, name: string): Promise<readonly Member[]> {
    const records = await orNothing(this.#resolver.resolveSrv(name));
    const first = Math.min(...records.map(({ priority }) => priority));
    return records
      .filter(({ priority }) => priority === first)
      .map((record) =>
        unannounced(service, `http://${record.name}:${record.port}`, Math.max(1, record.weight)),
      );
  }
}

async function orNothing<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await asked;
  } catch (error) {
    if (NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** Name servers turn the order round at each answer. */
function sorted(members: readonly Member[]): readonly Member[] {
  return [...members].sort((one, other) => (one.id < other.id ? -1 : 1));
}
