import type { RedisConfig } from './create-redis.js';
import type { Server } from './link.js';
import { SupervisedRedis } from './supervised-redis.js';

const ANSWERS_WITHIN_MS = 300;
const RECONNECT_AFTER_MS = 200;
/** What a Sentinel says of a primary that it doubts, or is about to depose. */
const DOUBTS = ['s_down', 'o_down', 'failover_in_progress', 'force_failover'];

type Fields = Readonly<Record<string, string>>;

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
    const answers = await this.#askAll('MASTER');
    const views = answers.map(([raw]) => fieldsOf(raw));
    const known = views.map((view) => Number(view['num-other-sentinels']) + 1);
    const all = Math.max(this.#connections.length, ...known);
    return views.length > all / 2 && views.every((view) => isNamed(view, server) && !isDoubted(view));
  }

  /** The replicas' priorities at promotion, as whichever Sentinel answers has them. */
  async replicaPriorities(): Promise<readonly number[]> {
    const [answer = []] = await this.#askAll('REPLICAS');
    return answer.map((raw) => Number(fieldsOf(raw)['slave-priority']));
  }

  close(): void {
    for (const connection of this.#connections) connection.disconnect();
  }

  /** The answers of those that answer, each a list of lists of fields. */
  async #askAll(question: 'MASTER' | 'REPLICAS'): Promise<readonly (readonly unknown[])[]> {
    const asked = this.#connections.map((connection) =>
      connection.call('SENTINEL', question, this.#masterName),
    );
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((answer) => {
      if (answer.status === 'rejected' || !Array.isArray(answer.value)) return [];
      return [question === 'MASTER' ? [answer.value] : answer.value];
    });
  }
}

/** The Sentinels of a configuration; `undefined` without. */
export function connectSentinels({ sentinels, masterName }: RedisConfig): Sentinels | undefined {
  return sentinels?.length ? new Sentinels(sentinels, masterName) : undefined;
}

/** For up to ten seconds after a switch a Sentinel knows only where its primary is. */
function isNamed({ runid, ip, port }: Fields, { runId, address }: Server): boolean {
  return runid ? runid === runId : `${ip}:${port}` === address;
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
