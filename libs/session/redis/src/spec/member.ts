import { randomBytes, randomUUID } from 'node:crypto';
import {
  DEFAULT_SESSION_SETTINGS,
  NearCache,
  NearSessions,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
  type RevocationLedger,
  type StoreState,
} from '@holdfast/session-core';
import type { Access } from '../access.js';
import { Belief } from '../belief.js';
import type { BeliefState } from '../doubt.js';
import { placeOf } from '../place.js';
import { Journal } from '../journal.js';
import { JournalAcknowledgements } from '../journal-acknowledgements.js';
import type { Heard } from '../journal-entry.js';
import { createRedis, type Redis, type RedisConfig, type RedisRole } from '../create-redis.js';
import { Reconciler, type ReconcilerOptions } from '../reconciler.js';
import { RedisSessionStore } from '../redis-session-store.js';
import { connectSentinels } from '../sentinels.js';
import { eventually } from './eventually.js';

/** Processes that this one starts have the same. */
const secret = (process.env['SPEC_SECRET'] ??= randomBytes(32).toString('base64url'));
const ids = new SessionIds(SessionKeys.fromSecret(secret));
const sealing = new Sealing({ secret });
const refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: secret } }, ids);
/** So many reads in one go; of ten thousand the last ones would come too late. */
const AT_ONCE = 200;
const TIMEOUTS = { idleTimeoutMs: 60_000, absoluteTimeoutMs: 600_000 };

/** How a `Member` is made. */
export interface MemberOptions {
  /** How long its store repeats. Default 3,000 ms. */
  readonly patienceMs?: number;
  /** Where it finds the primary. Default: where the Sentinels say. */
  readonly at?: RedisConfig;
  readonly durability?: 'replicated' | 'local';
  /** For how long it believes what a beat has confirmed. Default 1,000 ms. */
  readonly maxStalenessMs?: number;
  /** Whether it keeps sessions near. Default: it asks the store each time. */
  readonly isNear?: boolean;
  /** Its reading connection. Default: as the writing one. */
  readonly read?: Redis;
  /** Where single connections find it. Default: as `at`. */
  readonly links?: Partial<Record<RedisRole, RedisConfig>>;
  /** How long who has not confirmed is waited for. Default 1,000. */
  readonly receiptPatienceMs?: number;
}

/** A process: its connections, what it believes, and a store that goes by that. */
export class Member {
  readonly read: Redis;
  readonly write: Redis;
  /** The journal's connection, with `isNear`. */
  readonly follow: Redis | undefined;
  readonly instance = randomUUID();
  readonly belief: Belief;
  readonly store: RedisSessionStore;
  /** States and their reasons, in their order. */
  readonly heard: string[] = [];
  /** Entries of the journal, in their order. */
  readonly entries: Heard[] = [];
  readonly cache: NearCache;
  /** With `isNear`. */
  readonly journal: Journal | undefined;
  readonly near: NearSessions;
  readonly begun: string[] = [];
  readonly ended: string[] = [];
  readonly #patienceMs: number;
  readonly #acknowledgements: JournalAcknowledgements;

  constructor(config: RedisConfig, options: MemberOptions = {}) {
    const {
      patienceMs = 3_000,
      at = config,
      durability = 'replicated',
      maxStalenessMs,
      links = {},
    } = options;
    const connection = (role: RedisRole): Redis => createRedis(links[role] ?? at, role);
    this.#patienceMs = patienceMs;
    this.read = options.read ?? connection('read');
    this.write = connection('write');
    this.follow = options.isNear ? connection('journal') : undefined;
    this.belief = new Belief({
      read: this.read,
      write: this.write,
      instance: this.instance,
      durability,
      sentinels: connectSentinels(config),
      ...(maxStalenessMs !== undefined && { maxStalenessMs }),
      onChange: (state, reason) => this.heard.push(`${state}: ${reason}`),
    });
    this.store = this.storeOver(this.belief);
    const { belief, store } = this;
    const cache = new NearCache();
    const onHeard = (heard: Heard): void => void this.entries.push(heard);
    const journal = this.follow ? new Journal({ redis: this.follow, belief, cache, onHeard }) : undefined;
    this.journal = journal;
    this.cache = cache;
    this.near = new NearSessions({ cache, store, ids, state: () => journal?.state ?? 'direct' });
    this.#acknowledgements = new JournalAcknowledgements({
      belief,
      redis: connection('general'),
      verifiedWithinMs: 60_000,
      ...(options.receiptPatienceMs !== undefined && { patienceMs: options.receiptPatienceMs }),
    });
  }

  /** Has this process reconcile, as auth does. */
  reconcile(
    ledger: RevocationLedger,
    hear: Pick<ReconcilerOptions, 'onEnded' | 'onTrouble'> = {},
  ): Reconciler {
    const { belief, write } = this;
    return new Reconciler({ ledger, belief, write, store: this.storeOver(belief.unfenced), ...hear });
  }

  /** A store of the same sessions that goes by another access. */
  storeOver(access: Access): RedisSessionStore {
    return new RedisSessionStore({ access, ids, sealing, tombstoneMs: 60_000, patienceMs: this.#patienceMs });
  }

  /** Sessions as auth has them, with this ledger. */
  manager(ledger: RevocationLedger): SessionManager {
    const settings = DEFAULT_SESSION_SETTINGS;
    const { store, near } = this;
    const acknowledgements = this.#acknowledgements;
    return new SessionManager({ store, near, acknowledgements, ids, refreshTokens, settings, ledger });
  }

  /** Begins a session; answers its id. */
  async begin(userId: string = randomUUID()): Promise<string> {
    const sessionId = ids.mint(userId);
    const client = { ip: '203.0.113.7', userAgent: 'spec' };
    const session = { sessionId, userId, roles: [], authzVersion: 0, acr: 1, client, epoch: 0, ...TIMEOUTS };
    await this.store.begin(session, { hash: 'h1', keyId: 'k1' }, 5);
    this.begun.push(sessionId);
    return sessionId;
  }

  /** Where the record of a session lies. */
  keyOf(sessionId: string): string {
    const place = placeOf(ids, sessionId);
    return `hf:{${place?.userTag}}:s:${place?.name}`;
  }

  async end(sessionId: string): Promise<void> {
    await this.store.end(sessionId, 'logout');
    this.ended.push(sessionId);
  }

  /** Who has heard of everything. */
  acknowledged() {
    return this.#acknowledgements.acknowledged();
  }

  /** Until it counts so many of all who have heard of everything: on a busy machine one may be later than a look waits. */
  async counts(acknowledgedBy: number, instances = acknowledgedBy): Promise<void> {
    await eventually(async () => {
      const found = await this.acknowledged();
      if (found.acknowledgedBy !== acknowledgedBy || found.instances !== instances)
        throw new Error(`It counts ${found.acknowledgedBy} of ${found.instances}.`);
    });
  }

  /** Until it stands so to the store. */
  async stands(...states: readonly StoreState[]): Promise<void> {
    await eventually(() => {
      const state = this.journal?.state;
      if (!state || !states.includes(state))
        throw new Error(`It is ${state}. Heard:\n${this.heard.join('\n')}`);
    });
  }

  async becomes(...states: readonly BeliefState[]): Promise<void> {
    await eventually(() => {
      if (!states.includes(this.belief.state)) throw new Error(`Heard:\n${this.heard.join('\n')}`);
    });
  }

  /** Begins sessions, and ends each second one, until it is told to stop. */
  load(clients = 8): () => Promise<void> {
    let isOver = false;
    const serve = async (): Promise<void> => {
      const sessionId = await this.begin();
      if (this.begun.length % 2) await this.end(sessionId);
    };
    const client = async (): Promise<void> => {
      while (!isOver) await serve().catch(() => undefined);
    };
    const all = Array.from({ length: clients }, client);
    return async () => {
      isOver = true;
      await Promise.all(all);
    };
  }

  /** Until so many more sessions have begun. */
  async goesOn(sessions = 100): Promise<void> {
    const before = this.begun.length;
    await eventually(() => {
      if (this.begun.length < before + sessions) throw new Error(`Heard:\n${this.heard.join('\n')}`);
    });
  }

  /** Sessions whose begin was acknowledged and that are unknown, or whose end was and that are live. */
  async lost(): Promise<readonly string[]> {
    const states = new Map<string, string>();
    for (let at = 0; at < this.begun.length; at += AT_ONCE) {
      const some = this.begun.slice(at, at + AT_ONCE);
      const found = await Promise.all(some.map((sessionId) => this.store.read(sessionId)));
      some.forEach((sessionId, index) => states.set(sessionId, found[index]?.state ?? 'absent'));
    }
    const begun = this.begun.filter((sessionId) => states.get(sessionId) === 'absent');
    return [...begun, ...this.ended.filter((sessionId) => states.get(sessionId) !== 'ended')];
  }

  async close(): Promise<void> {
    this.#acknowledgements.close();
    await this.journal?.close();
    await this.belief.close();
  }
}
