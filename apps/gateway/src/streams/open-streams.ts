import type { Heard } from '@holdfast/session-redis';
import type { StreamLease } from './stream-lease.js';

/** Why a stream is closed by the gateway and not by one of its ends. */
export type StreamEnd =
  /** Its session is over, or has fewer rights than when it was opened. */
  | 'session-over'
  /** Nobody could confirm its session for too long. */
  | 'unconfirmed'
  /** Its access token has expired, and nothing else says that its session goes on (strategy `token`). */
  | 'token-expired'
  /** This worker is about to leave. */
  | 'draining';

/** All open streams (event streams and WebSockets) of this worker, by the sessions that opened them. */
export class OpenStreams {
  readonly #all = new Set<StreamLease>();
  readonly #byName = new Map<string, Set<StreamLease>>();
  #isDraining = false;

  /** Streams that are open, or about to be. */
  get size(): number {
    return this.#all.size;
  }

  /** Those of sessions, for who looks after them, by the names of the sessions. */
  get bySession(): ReadonlyMap<string, ReadonlySet<StreamLease>> {
    return this.#byName;
  }

  /** Takes a stream until it is released. While the worker drains it is closed as soon as it opens. */
  add(lease: StreamLease): void {
    this.#all.add(lease);
    const { name } = lease;
    if (name !== undefined) {
      const others = this.#byName.get(name);
      if (others) others.add(lease);
      else this.#byName.set(name, new Set([lease]));
    }
    lease.onRelease(() => this.#remove(lease));
    if (this.#isDraining) lease.end('draining');
  }

  /**
   * Takes what the journal says, before anybody is told that it was heard: streams of ended sessions are closed when
   * this returns. Answers what sessions are to be looked at again.
   */
  hear(heard: Heard): readonly string[] {
    if (heard.kind === 'term') return [...this.#byName.keys()];
    const known = heard.names.filter((name) => this.#byName.has(name));
    if (heard.kind === 'changed') return known;
    for (const name of known) this.endAllOf(name, 'session-over');
    return [];
  }

  /** Closes the streams of a session. */
  endAllOf(name: string, why: StreamEnd): void {
    for (const lease of [...(this.#byName.get(name) ?? [])]) lease.end(why);
  }

  /** Closes all, and those that are still to come: clients open them again, at another worker. */
  drain(): void {
    this.#isDraining = true;
    for (const lease of [...this.#all]) lease.end('draining');
  }

  /** Takes streams again, after a rest. */
  resume(): void {
    this.#isDraining = false;
  }

  #remove(lease: StreamLease): void {
    this.#all.delete(lease);
    if (lease.name === undefined) return;
    const others = this.#byName.get(lease.name);
    others?.delete(lease);
    if (others?.size === 0) this.#byName.delete(lease.name);
  }
}
