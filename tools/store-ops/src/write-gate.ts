import { askRedis, type FleetProcess } from '@holdfast/fleet-client';
import { StoreOpsError } from './errors.js';

type Server = Pick<FleetProcess, 'id' | 'port'>;

const SETTING = 'min-replicas-to-write';
/** More replicas than there will ever be: every write is refused with NOREPLICAS, which clients take for "not now". */
const NEVER = 1_000;

/**
 * Whether a primary takes writes. `CLIENT PAUSE` would do the same and end by itself, but it holds back the greetings of the
 * Sentinels too: they take the primary for dead and elect another beside the one that was just promoted.
 */
export class WriteGate {
  private constructor(
    private readonly node: Server,
    private readonly before: string,
  ) {}

  /** The gate of a node, as open as it is now. */
  static async at(node: Server): Promise<WriteGate> {
    const answer = await askRedis(node.port, `CONFIG GET ${SETTING}`);
    const before = /\r\n(\d+)\r\n$/.exec(answer ?? '')?.[1];
    if (before === undefined)
      throw new StoreOpsError(`${node.id} does not tell its ${SETTING}: ${wordsOf(answer)}.`);
    if (Number(before) >= NEVER) {
      throw new StoreOpsError(`${node.id} takes no writes since a switch that was broken off: restart it.`);
    }
    return new WriteGate(node, before);
  }

  /** From when this resolves the node takes no write. Whatever it had taken before is on its way to the replicas. */
  close(): Promise<void> {
    return this.set(String(NEVER));
  }

  /** Sets it back to what it was. */
  open(): Promise<void> {
    return this.set(this.before);
  }

  private async set(value: string): Promise<void> {
    const { id, port } = this.node;
    const answer = await askRedis(port, `CONFIG SET ${SETTING} ${value}`);
    if (answer?.startsWith('+OK') === true) return;
    throw new StoreOpsError(`${id} does not take ${SETTING} ${value}: ${wordsOf(answer)}. Restart it.`);
  }
}

/** What a Redis answered, as part of a sentence. */
export function wordsOf(answer: string | undefined): string {
  return answer?.trim().replace(/^-/, '') ?? 'no answer';
}
