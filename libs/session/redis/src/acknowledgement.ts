import type { Server } from './link.js';
import type { Sentinels } from './sentinels.js';

/** The primary has it, but a promotion might lose it, so it does not count. It may have happened or not. */
export class NotReplicatedError extends Error {
  override readonly name = 'NotReplicatedError';
}

/**
 * When a write counts: if no promotion of a replica can lose it. A replica that has not acknowledged it may be promoted
 * at any time, a planned switch included. So either every replica that ever was has it, or one has it and the Sentinels
 * say that they have no other primary in mind.
 *
 * Without Sentinels one replica is enough: a replica that somebody promotes by hand may be another one.
 */
export class Acknowledgement {
  #online = 1;
  #most = Infinity;

  constructor(private readonly sentinels?: Sentinels) {}

  /** For how many replicas a group of writes waits: at least one. */
  get replicas(): number {
    return Math.max(1, this.#online);
  }

  /** Counts replicas anew. */
  count({ online, most }: { readonly online: number; readonly most: number }): void {
    this.#online = online;
    this.#most = most;
  }

  /** Why writes do not count that so many replicas of a server have; `undefined` if they do. */
  async refusal(acknowledged: number, server: Server): Promise<NotReplicatedError | undefined> {
    if (acknowledged >= Math.max(1, this.#most)) return undefined;
    // Whoever was late is not waited for again before it has been counted anew.
    this.#online = Math.min(this.#online, acknowledged);
    if (acknowledged < 1) return new NotReplicatedError('No replica acknowledged the write.');
    if (!this.sentinels || (await this.sentinels.confirm(server))) return undefined;
    return new NotReplicatedError(
      'Not every replica acknowledged the write, and the Sentinels do not confirm this primary.',
    );
  }
}
