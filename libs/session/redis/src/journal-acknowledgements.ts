import type { Acknowledged, Acknowledgements } from '@holdfast/session-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { EVERYTHING, type Belief } from './belief.js';
import type { Redis } from './create-redis.js';
import { entryIdOf, isAsFarAs } from './journal-entry.js';
import { ACKNOWLEDGEMENT_CHANNEL, LOOK_AROUND, RECON_KEY } from './recon-scripts.js';

const PATIENCE_MS = 1_000;
const LOOK_AGAIN_MS = 20;
/** Who has not beaten for so long, five times, has lost its lease and will not say anything now: nobody waits for it. */
const SILENT_MS = 2_000;
const NOBODY: Counted = { acknowledgedBy: 0, instances: 1, isOver: false };

/** How `JournalAcknowledgements` are made. */
export interface JournalAcknowledgementsOptions {
  readonly belief: Belief;
  /** A connection of role `general`, used by nobody else: it subscribes. `close()` ends it. */
  readonly redis: Redis;
  /** An instance that has not verified for so long has no say: as long as an access token lives, in milliseconds. */
  readonly verifiedWithinMs: number;
  /** How long somebody is waited for who has not confirmed, in milliseconds. Default 1,000. */
  readonly patienceMs?: number;
}

/** What one look around has found. */
interface View {
  readonly identity: string;
  /** Whether an instance that is not known yet may be there: each says so with its next beat. */
  readonly isNew: boolean;
  readonly lastId: string;
  /** By instance. */
  readonly heard: ReadonlyMap<string, string>;
  /** Of these, who has fallen silent. */
  readonly silent: ReadonlySet<string>;
}

/** What was counted, and whether somebody is left who may still confirm. */
interface Counted extends Acknowledged {
  readonly isOver: boolean;
}

/** Who waits, and what was said meanwhile. */
interface Waiter {
  readonly said: Map<string, string>;
  wake: () => void;
}

/**
 * Says who has heard the journal up to where it is at this moment. Instances say so as soon as they have applied an
 * entry; whoever is not heard of is looked for every 20 ms. An instance that died is counted for as long as tokens live that
 * it may have let in, but is waited for only until it has fallen silent.
 */
export class JournalAcknowledgements implements Acknowledgements {
  readonly #options: JournalAcknowledgementsOptions;
  readonly #waiters = new Set<Waiter>();

  constructor(options: JournalAcknowledgementsOptions) {
    this.#options = options;
    const { redis } = options;
    redis.subscribe(ACKNOWLEDGEMENT_CHANNEL).catch(() => undefined); // ioredis does it again each time that it connects
    redis.on('message', (_channel: string, message: string) => this.#tell(message));
  }

  async acknowledged(): Promise<Acknowledged> {
    const waiter: Waiter = { said: new Map(), wake: () => undefined };
    this.#waiters.add(waiter);
    try {
      const { patienceMs = PATIENCE_MS } = this.#options;
      const { acknowledgedBy, instances } = await this.#wait(waiter, performance.now() + patienceMs);
      return { acknowledgedBy, instances };
    } finally {
      this.#waiters.delete(waiter);
    }
  }

  /** Ends its connection. */
  close(): void {
    this.#options.redis.disconnect();
  }

  async #wait(waiter: Waiter, until: number): Promise<Counted> {
    let target = '';
    for (let last = NOBODY; ;) {
      const view = await this.#lookAround().catch(() => undefined);
      if (view) {
        // A journal that was begun anew meanwhile begins with all that the ledger has.
        if (entryIdOf(view.lastId).term !== entryIdOf(target).term) target = view.lastId;
        last = await untilHeard(view, target, waiter);
      } else {
        await sleep(LOOK_AGAIN_MS);
      }
      if (last.isOver || performance.now() >= until) return last;
    }
  }

  async #lookAround(): Promise<View> {
    const { belief, verifiedWithinMs } = this.#options;
    const args = [String(verifiedWithinMs)];
    const [identity = '', , since, lastId = '', ...rest] = await belief.ask((read) =>
      LOOK_AROUND.run(read, RECON_KEY, args),
    );
    const heard = new Map<string, string>();
    const silent = new Set<string>();
    for (let at = 0; at < rest.length; at += 3) {
      const [who = '', words = '', silentMs] = rest.slice(at, at + 3);
      heard.set(who, words);
      // While the store was away nobody could beat: everybody comes back in a while.
      if (Number(silentMs) > SILENT_MS && Number(since) > SILENT_MS) silent.add(who);
    }
    return { identity, isNew: Number(since) < belief.maxStalenessMs, lastId, heard, silent };
  }

  #tell(message: string): void {
    const at = message.indexOf(' ');
    for (const waiter of this.#waiters) {
      waiter.said.set(message.slice(0, at), message.slice(at + 1));
      waiter.wake();
    }
  }
}

/** Counts until all have heard who may, or it is time to look around again. */
async function untilHeard(view: View, target: string, waiter: Waiter): Promise<Counted> {
  const lookAgainAt = performance.now() + LOOK_AGAIN_MS;
  for (;;) {
    const counted = count(view, target, waiter.said);
    const leftMs = lookAgainAt - performance.now();
    if (counted.isOver || leftMs <= 0) return counted;
    await nextOf(waiter, leftMs);
  }
}

function count(view: View, target: string, said: ReadonlyMap<string, string>): Counted {
  const { identity, heard, silent, isNew } = view;
  const hasHeard = (words = ''): boolean => {
    const [where, id = ''] = words.split(' ');
    return where === identity && (id === EVERYTHING || isAsFarAs(id, target));
  };
  const open = [...heard].filter(([who, words]) => !hasHeard(words) && !hasHeard(said.get(who)));
  const missing = isNew || heard.size === 0 ? 1 : 0;
  const isOver = missing === 0 && open.every(([who]) => silent.has(who));
  return { acknowledgedBy: heard.size - open.length, instances: heard.size + missing, isOver };
}

function nextOf(waiter: Waiter, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, withinMs);
    waiter.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
