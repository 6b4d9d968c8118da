import { AsyncLocalStorage } from 'node:async_hooks';
import type { VersionedData } from '@holdfast/session-core';
import type { CarriedSession } from './credentials.js';
import type { DataOpener } from './session-data.js';

/** A session as the request that carries it shows it. */
export interface CarryingSession extends CarriedSession {
  readonly roles: readonly string[];
  /** Whether a browser carries it, in cookies; else headers do. */
  readonly isBrowser: boolean;
}

type Data = Readonly<Record<string, VersionedData>>;

/** What one request carries of its session, and what its answer is to give back. */
export class Carrier {
  /** A session that began in this request and follows the one that came along. */
  begun: CarryingSession | undefined;
  #returned: { readonly session: CarryingSession; readonly sealed: string } | undefined;
  #opened: { readonly sealed: string | undefined; readonly data: Promise<Data> } | undefined;

  /** @param presented - the sealed data that came along, whatever it is worth */
  constructor(
    readonly session: CarryingSession,
    private readonly presented: string | undefined,
  ) {}

  /** What is carried at this moment: what came along, or what was written since. */
  get sealed(): string | undefined {
    return this.#returned?.sealed ?? this.presented;
  }

  /** What the client is to carry from now on, and for which session; `undefined`: what it carries. */
  get returned(): { readonly session: CarryingSession; readonly sealed: string } | undefined {
    return this.#returned;
  }

  /** Notes what the client is to carry from now on. */
  give(session: CarryingSession, sealed: string): void {
    this.#returned = { session, sealed };
  }

  /** The data, opened once for each value. What opens for nobody, or for another session, is none. */
  data(opener: DataOpener): Promise<Data> {
    const { sealed, session } = this;
    if (this.#opened?.sealed !== sealed || this.#opened === undefined) {
      const opening = sealed === undefined ? undefined : opener.open(session.sessionId, sealed);
      this.#opened = { sealed, data: Promise.resolve(opening).then((data) => data ?? {}) };
    }
    return this.#opened.data;
  }
}

/** The carrier of the request that is being served. */
export class Carriers {
  readonly #context = new AsyncLocalStorage<Carrier>();

  /** The one of this request; `undefined` outside of one, and where no session came along. */
  get current(): Carrier | undefined {
    return this.#context.getStore();
  }

  /** Runs something, and whatever that causes, as part of a request. */
  run<T>(carrier: Carrier, task: () => T): T {
    return this.#context.run(carrier, task);
  }
}
