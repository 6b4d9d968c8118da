import { elected, roleOf, vote } from '@holdfast/fleet-client';

/** A data node, as it was seen at one moment. `says` is absent when it does not answer. */
export interface NodeSighting {
  readonly id: string;
  readonly port: number;
  readonly says?: 'master' | 'slave';
}

/**
 * Who is primary: the master that the Sentinels name, for it is whom clients find. A node that they have deposed may
 * still call itself master (it was hung, or cut off); one that they are promoting is no primary before they say so: if
 * it ended, or its predecessor came back, in the middle of that, they would lose half a minute.
 */
export function decidePrimary(
  nodes: readonly NodeSighting[],
  votes: readonly number[],
  previous: string | undefined,
): string | undefined {
  const masters = nodes.filter(({ says }) => says === 'master');
  const named = elected(votes);
  if (named !== undefined) return masters.find(({ port }) => port === named)?.id ?? previous;
  if (votes.length > 0 || masters.some(({ id }) => id === previous)) return previous;
  const [only] = masters;
  return masters.length === 1 ? only?.id : previous;
}

/** Keeps watch over which data node is primary now. */
export class RedisWatch {
  private timer: NodeJS.Timeout | undefined;
  private onChange: (primary: string) => void = () => undefined;

  constructor(
    private readonly nodes: Readonly<Record<string, number>>,
    private readonly sentinelPorts: readonly number[],
    private last: string,
  ) {}

  /** The id of the primary, as it was seen last. */
  get primary(): string {
    return this.last;
  }

  /** Looks now: the primary's id if it answers as one, else `undefined`. */
  async look(): Promise<string | undefined> {
    const [nodes, votes] = await Promise.all([
      Promise.all(Object.entries(this.nodes).map(([id, port]) => sighting(id, port))),
      Promise.all(this.sentinelPorts.map(vote)),
    ]);
    const named = votes.filter((port) => port !== undefined);
    const primary = decidePrimary(nodes, named, this.last) ?? this.last;
    if (primary !== this.last) {
      this.last = primary;
      this.onChange(primary);
    }
    return nodes.find(({ id, says }) => id === primary && says === 'master')?.id;
  }

  /** Looks every `everyMs` (default 300) until `stop`, and tells of each new primary. */
  start(onChange: (primary: string) => void, everyMs = 300): void {
    this.onChange = onChange;
    const again = async (): Promise<void> => {
      await this.look();
      if (this.timer !== undefined) this.timer = setTimeout(() => void again(), everyMs);
    };
    this.timer = setTimeout(() => void again(), everyMs);
  }

  /** Looks no more. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.onChange = () => undefined;
  }
}

async function sighting(id: string, port: number): Promise<NodeSighting> {
  const says = await roleOf(port);
  return says === undefined ? { id, port } : { id, port, says };
}
