import { SessionEndedError, SessionUnknownError, StoreUnavailableError } from './errors.js';
import type { SessionIds } from './session-ids.js';
import type { SessionStore, WriteOutcome } from './session-store.js';

/** Most JSON that one namespace of one session may hold, in bytes of UTF-8. */
export const MAX_DATA_BYTES = 65_536;
const MAX_ATTEMPTS = 1_000;

/** A value of a namespace with its version (0 = never written; grows by 1 with each write). */
export interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

/** What a namespace needs. `queues` is shared by all namespaces of one process. */
export interface SessionNamespaceDeps {
  readonly store: SessionStore;
  readonly ids: SessionIds;
  readonly queues: Map<string, Promise<unknown>>;
}

/**
 * One namespace of the sessions' data: written by the service that owns it, read by all. Writes are
 * compare-and-set by version and repeat a lost race, so parallel updates on any instances all count.
 * What it holds was written by whatever version of the service: validate what you read.
 */
export class SessionNamespace<T> {
  readonly #deps: SessionNamespaceDeps;
  readonly #name: string;

  /** @param name - lower-case letters, digits and hyphens, at most 32 */
  constructor(deps: SessionNamespaceDeps, name: string) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) throw new TypeError('A namespace is 1 to 32 of a-z, 0-9, -.');
    this.#deps = deps;
    this.#name = name;
  }

  /** @throws SessionEndedError, SessionUnknownError if the session is not live */
  async read(sessionId: string): Promise<Versioned<T | undefined>> {
    const { ids, store } = this.#deps;
    if (!ids.parse(sessionId)) throw new SessionUnknownError();
    const data = await store.readData(sessionId);
    if (!data) throw await this.#whyNotLive(sessionId);
    const held = data[this.#name];
    return { version: held?.version ?? 0, value: held?.value as T | undefined };
  }

  /**
   * Replaces the value by `change(current)`. `change` may run several times: it must have no effects of
   * its own. What it throws is thrown here, and nothing is written.
   *
   * @throws TypeError if the new value is not JSON
   * @throws RangeError if it is larger than `MAX_DATA_BYTES`
   * @throws SessionEndedError, SessionUnknownError if the session is not live
   */
  async update(sessionId: string, change: (current: T | undefined) => T): Promise<Versioned<T>> {
    // Callers in this process take turns; only other processes are raced.
    const { queues } = this.#deps;
    const key = `${sessionId} ${this.#name}`;
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
    let current = await this.read(sessionId);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const value = change(current.value);
      const json = encode(value);
      const { store } = this.#deps;
      const written = await store.writeData(sessionId, this.#name, current.version, json);
      if (written.outcome === 'written') return { version: written.version, value };
      current = contested<T>(written);
    }
    throw new StoreUnavailableError('The write lost too many races.');
  }

  async #whyNotLive(sessionId: string): Promise<SessionEndedError | SessionUnknownError> {
    const found = await this.#deps.store.read(sessionId);
    return found.state === 'ended' ? new SessionEndedError(found) : new SessionUnknownError();
  }
}

function contested<T>(written: Exclude<WriteOutcome, { outcome: 'written' }>): Versioned<T | undefined> {
  if (written.outcome === 'ended') throw new SessionEndedError(written.ended);
  if (written.outcome === 'absent') throw new SessionUnknownError();
  return { version: written.current.version, value: written.current.value as T | undefined };
}

function encode(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError('Session data must be JSON.');
  if (Buffer.byteLength(json) > MAX_DATA_BYTES) {
    throw new RangeError(`Session data is limited to ${MAX_DATA_BYTES} bytes per namespace.`);
  }
  return json;
}
