import type { SessionLookup, SessionStore, VersionedData, WriteOutcome } from '@holdfast/session-core';
import type { Carriers } from './carrier.js';
import { StrategyUnsupportedError } from './errors.js';
import type { DataChange, DataOpener } from './session-data.js';

/** Writes data for its owner: asks who has the key that signs, or is that. */
export interface DataWriter {
  /** The sealed data with the change in it. Rejects if it cannot be written; nothing was then. */
  write(change: DataChange): Promise<string>;
}

/** What a `CarriedStore` works with. */
export interface CarriedStoreDeps {
  readonly carriers: Carriers;
  readonly opener: DataOpener;
  /** Default: this process writes no data. */
  readonly writer?: DataWriter | undefined;
}

const unsupported = async (): Promise<never> => {
  throw new StrategyUnsupportedError('Keep a record of a session');
};

/**
 * A store that keeps nothing: the client does. It has the data of the one session whose request is being served, so that
 * namespaces work as with any store; of two requests that write at once the last answer that the client gets counts.
 */
export class CarriedStore implements SessionStore {
  readonly epoch = unsupported;
  readonly raiseEpoch = unsupported;
  readonly begin = unsupported;
  readonly rotate = unsupported;
  readonly heal = unsupported;
  readonly peekRefresh = unsupported;
  readonly amend = unsupported;
  readonly touch = unsupported;
  readonly end = unsupported;
  readonly endAll = unsupported;
  readonly list = unsupported;
  readonly listEnded = unsupported;
  readonly claimParcel = unsupported;
  readonly dropParcel = unsupported;

  constructor(private readonly deps: CarriedStoreDeps) {}

  /** It has no time of its own. */
  now(): number {
    return Date.now();
  }

  /** Nobody knows whether a session lives. */
  async read(): Promise<SessionLookup> {
    return { state: 'absent' };
  }

  /** Also `undefined` outside of the session's request: nobody else has its data. */
  async readData(sessionId: string): Promise<Readonly<Record<string, VersionedData>> | undefined> {
    return this.#carrier(sessionId)?.data(this.deps.opener);
  }

  async writeData(
    sessionId: string,
    namespace: string,
    expectedVersion: number,
    json: string,
  ): Promise<WriteOutcome> {
    const { opener, writer } = this.deps;
    const carrier = this.#carrier(sessionId);
    if (!carrier) return { outcome: 'absent' };
    if (!writer) throw new TypeError('This process writes no session data.');
    const { sealed } = carrier;
    const current = (await carrier.data(opener))[namespace] ?? { version: 0, value: undefined };
    if (current.version !== expectedVersion) return { outcome: 'conflict', current };
    const changed = await writer.write({ sessionId, sealed, namespace, json });
    // Another write of this request was faster, and this one knows nothing of it.
    if (carrier.sealed !== sealed)
      return { outcome: 'conflict', current: await this.#held(sessionId, namespace) };
    carrier.give(carrier.session, changed);
    return { outcome: 'written', version: expectedVersion + 1 };
  }

  async close(): Promise<void> {
    // There is nothing to let go of.
  }

  async #held(sessionId: string, namespace: string): Promise<VersionedData> {
    return (await this.readData(sessionId))?.[namespace] ?? { version: 0, value: undefined };
  }

  #carrier(sessionId: string) {
    const { current } = this.deps.carriers;
    return current?.session.sessionId === sessionId ? current : undefined;
  }
}
