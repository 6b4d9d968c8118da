import { SessionEndedError, SessionUnknownError, StoreUnavailableError } from './errors.js';
import type { NamespaceDefinition } from './namespace-definition.js';
import type { SessionIds } from './session-ids.js';
import type { SessionStore, VersionedData, WriteOutcome } from './session-store.js';

const MAX_ATTEMPTS = 1_000;

/** A value of a namespace with its count of writes (0 = never written; grows by 1 with each write). */
export interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

/** What a namespace needs. `queues` is shared by all namespaces of one process. */
export interface SessionNamespaceDeps {
  readonly store: SessionStore;
  readonly ids: SessionIds;
  readonly queues: Map<string, Promise<unknown>>;
  /** As `SessionManagerDeps.owner`. */
  readonly owner: string | undefined;
}

/**
 * One namespace of the sessions' data: written by the service that owns it, read by all. Writes are
 * compare-and-set and repeat a lost race, so parallel updates on any instances all count. Whatever version
 * of the owner wrote, this one reads and writes what its definition says.
 */
export class SessionNamespace<T> {
  readonly #deps: SessionNamespaceDeps;
  readonly #definition: NamespaceDefinition<T>;

  constructor(deps: SessionNamespaceDeps, definition: NamespaceDefinition<T>) {
    this.#deps = deps;
    this.#definition = definition;
  }

  /**
   * @throws SessionDataError if what is there cannot be read as this version
   * @throws SessionEndedError, SessionUnknownError if the session is not live
   */
  async read(sessionId: string): Promise<Versioned<T | undefined>> {
    const { version, value } = await this.#held(sessionId);
    return { version, value: this.#definition.decode(value) };
  }

  /**
   * Replaces the value by `change(current)`. `change` may run several times: it must have no effects of
   * its own. What it throws is thrown here, and nothing is written.
   *
   * @throws TypeError if the manager is not the owner's, or the new value is not JSON or does not fit the schema
   * @throws RangeError if it is larger than `MAX_DATA_BYTES`
   * @throws SessionDataError if what is there cannot be read as this version: it stays
   * @throws SessionEndedError, SessionUnknownError if the session is not live
   */
  async update(sessionId: string, change: (current: T | undefined) => T): Promise<Versioned<T>> {
    const { queues, owner } = this.#deps;
    const { name, owner: its } = this.#definition;
    if (owner !== its)
      throw new TypeError(`Only ${its} writes the namespace ${name}, not ${owner ?? 'nobody'}.`);
    // Callers in this process take turns; only other processes are raced.
    const key = `${sessionId} ${name}`;
    const turn = (queues.get(key) ?? Promise.resolve()).then(() => this.#update(sessionId, change));
    const settled = turn.catch(() => undefined);
    queues.set(key, settled);
    try {
      return await turn;
    } finally {
      if (queues.get(key) === settled) queues.delete(key);
    }
  }

  async #update(sessionId: string, change: (current: T | undefined) => T): Promise<Versioned<T>> {
    const { store } = this.#deps;
    const definition = this.#definition;
    let held = await this.#held(sessionId);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const { value, json } = definition.encode(change(definition.decode(held.value)), held.value);
      const written = await store.writeData(sessionId, definition.name, held.version, json);
      if (written.outcome === 'written') return { version: written.version, value };
      held = contested(written);
    }
    throw new StoreUnavailableError('The write lost too many races.');
  }

  async #held(sessionId: string): Promise<VersionedData> {
    const { ids, store } = this.#deps;
    if (!ids.parse(sessionId)) throw new SessionUnknownError();
    const data = await store.readData(sessionId);
    if (!data) throw await this.#whyNotLive(sessionId);
    return data[this.#definition.name] ?? { version: 0, value: undefined };
  }

  async #whyNotLive(sessionId: string): Promise<SessionEndedError | SessionUnknownError> {
    const found = await this.#deps.store.read(sessionId);
    return found.state === 'ended' ? new SessionEndedError(found) : new SessionUnknownError();
  }
}

function contested(written: Exclude<WriteOutcome, { outcome: 'written' }>): VersionedData {
  if (written.outcome === 'ended') throw new SessionEndedError(written.ended);
  if (written.outcome === 'absent') throw new SessionUnknownError();
  return written.current;
}
