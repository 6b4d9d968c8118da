import type { RedisConfig } from './create-redis.js';
import type { Server } from './link.js';
import { SupervisedRedis } from './supervised-redis.js';

const ANSWERS_WITHIN_MS = 300;
const RECONNECT_AFTER_MS = 200;
/** What a Sentinel says of a primary that it doubts, or is about to depose. */
const DOUBTS = ['s_down', 'o_down', 'failover_in_progress', 'force_failover'];

type Fields = Readonly<Record<string, string>>;

/** What one Sentinel thinks. */
interface View {
  /** Its primary, as it watches it. */
  readonly master: Fields;
  /** Where it sends clients. */
  readonly advertised: string;
}

/** A data node of the store, as a Sentinel has it. */
export interface StoreNode {
  /** `<ip>:<port>`. */
  readonly address: string;
  readonly role: 'primary' | 'replica';
  /** Whether it answers the Sentinel. */
  readonly isUp: boolean;
}

/** The Sentinels themselves, each over a small connection of its own, to be asked what they think of a primary. */
export class Sentinels {
  readonly #connections: readonly SupervisedRedis[];
  readonly #masterName: string;

  constructor(endpoints: NonNullable<RedisConfig['sentinels']>, masterName = 'holdfast') {
    this.#masterName = masterName;
    this.#connections = endpoints.map(
      ({ host, port }) =>
        new SupervisedRedis({
          host,
          port,
          connectTimeout: ANSWERS_WITHIN_MS,
          commandTimeout: ANSWERS_WITHIN_MS,
          socketTimeout: 2 * ANSWERS_WITHIN_MS,
          maxRetriesPerRequest: 0,
          enableOfflineQueue: false,
          disableClientInfo: true,
          retryStrategy: () => RECONNECT_AFTER_MS,
        }),
    );
  }

  /**
   * Whether a majority of all Sentinels answers (also of those that we were not told of, but they know), and each that
   * answers names this very server and has no thought of another. Takes 300 ms at most.
   */
  async confirm(server: Server): Promise<boolean> {
    const views = await this.#views();
    const known = views.map(({ master }) => Number(master['num-other-sentinels']) + 1);
    const all = Math.max(this.#connections.length, ...known);
    return views.length > all / 2 && views.every((view) => isPrimary(view, server));
  }

  /** The replicas' priorities at promotion, as whichever Sentinel answers has them; `undefined` if none does. */
  async replicaPriorities(): Promise<readonly number[] | undefined> {
    const asked = this.#connections.map((each) => each.call('SENTINEL', 'REPLICAS', this.#masterName));
    const answers = await Promise.allSettled(asked);
    const lists = answers.flatMap((answer) =>
      answer.status === 'fulfilled' && Array.isArray(answer.value) ? [answer.value as unknown[]] : [],
    );
    return lists[0]?.map((raw) => Number(fieldsOf(raw)['slave-priority']));
  }

  /** The data nodes, as whichever Sentinel answers has them; `undefined` if none does. */
  async nodes(): Promise<readonly StoreNode[] | undefined> {
    const asked = this.#connections.map((each) => each.call('SENTINEL', 'REPLICAS', this.#masterName));
    const [views, lists] = await Promise.all([this.#views(), Promise.allSettled(asked)]);
    const replicas = lists.find((list) => list.status === 'fulfilled');
    const [view] = views;
    if (!view || !replicas || !Array.isArray(replicas.value)) return undefined;
    const others = replicas.value.map(fieldsOf);
    return [view.master, ...others].map((fields) => nodeOf(fields, view.advertised));
  }

  close(): void {
    for (const connection of this.#connections) connection.disconnect();
  }

  /** What each Sentinel that answers thinks of the primary. */
  async #views(): Promise<readonly View[]> {
    const asked = this.#connections.map(async (connection): Promise<View> => {
      const [master, address] = await Promise.all(
        ['MASTER', 'GET-MASTER-ADDR-BY-NAME'].map((question) =>
          connection.call('SENTINEL', question, this.#masterName),
        ),
      );
      return { master: fieldsOf(master), advertised: Array.isArray(address) ? address.join(':') : '' };
    });
    const views = await Promise.allSettled(asked);
    return views.flatMap((view) => (view.status === 'fulfilled' ? [view.value] : []));
  }
}

/** The Sentinels of a configuration; `undefined` without. */
export function connectSentinels({ sentinels, masterName }: RedisConfig): Sentinels | undefined {
  return sentinels?.length ? new Sentinels(sentinels, masterName) : undefined;
}

/**
 * Who leads a failover watches the former primary to its end, but sends clients to the one that it has promoted: from
 * then on no other can be, in this failover.
 */
function isPrimary({ master, advertised }: View, server: Server): boolean {
  const isPromoting = isDoubted(master) && advertised !== `${master['ip']}:${master['port']}`;
  return isPromoting ? advertised === server.address : isNamed(master, server) && !isDoubted(master);
}

/** For up to ten seconds after a switch a Sentinel knows only where its primary is. */
function isNamed({ runid, ip, port }: Fields, { runId, address }: Server): boolean {
  return runid ? runid === runId : `${ip}:${port}` === address;
}

function nodeOf({ ip, port, flags = '' }: Fields, advertised: string): StoreNode {
  const address = `${ip}:${port}`;
  const isUp = !/\b([so]_down|disconnected)\b/.test(flags);
  return { address, role: address === advertised ? 'primary' : 'replica', isUp };
}

function isDoubted(view: Fields): boolean {
  const flags = (view['flags'] ?? '').split(',');
  return DOUBTS.some((doubt) => flags.includes(doubt));
}

/** Sentinels answer `name, value, name, value …`. */
function fieldsOf(raw: unknown): Fields {
  const list = Array.isArray(raw) ? raw.map(String) : [];
  return Object.fromEntries(list.flatMap((name, at) => (at % 2 ? [] : [[name, list[at + 1] ?? '']])));
}
