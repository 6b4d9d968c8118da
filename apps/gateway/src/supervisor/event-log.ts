import type { PlatformEvent, Told } from './messages.js';

/** Events that are remembered, for whoever was cut off. */
export const REMEMBERED_EVENTS = 1_000;
/** Subjects whose last state is remembered, so that what every worker sees is told once. */
const SUBJECTS = 4_000;

/** All that happened, in one order, each once. */
export class EventLog {
  readonly #states = new Map<string, string>();
  readonly #events: PlatformEvent[] = [];
  readonly #run: string;
  #count = 0;

  /** @param now - tells the time, epoch milliseconds */
  constructor(private readonly now: () => number = Date.now) {
    this.#run = now().toString(36);
  }

  get events(): readonly PlatformEvent[] {
    return this.#events;
  }

  /** Adds what a worker saw; `undefined` if that is known. */
  add({ type, once, as = '', detail }: Told, worker: string): PlatformEvent | undefined {
    if (once !== undefined && !this.#isNews(once, as)) return undefined;
    const id = `${this.#run}-${++this.#count}`;
    const event = { ...detail, id, time: new Date(this.now()).toISOString(), type, worker };
    this.#events.push(event);
    if (this.#events.length > REMEMBERED_EVENTS) this.#events.shift();
    return event;
  }

  #isNews(subject: string, state: string): boolean {
    if (this.#states.get(subject) === state) return false;
    this.#states.delete(subject);
    this.#states.set(subject, state);
    const [oldest] = this.#states.keys();
    if (this.#states.size > SUBJECTS && oldest !== undefined) this.#states.delete(oldest);
    return true;
  }
}
