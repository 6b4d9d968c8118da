import type { SessionsEnded } from './session.js';

type EndListener = (ended: SessionsEnded) => void;

/** Who wants to hear of ends. */
export class EndListeners {
  readonly #listeners: EndListener[] = [];

  add(listener: EndListener): void {
    this.#listeners.push(listener);
  }

  /** Nothing is told where nothing ended. */
  tell(ended: SessionsEnded): void {
    if (ended.sessionIds.length === 0) return;
    for (const listener of this.#listeners) listener(ended);
  }
}
