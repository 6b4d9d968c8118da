/** Questions to another process that have not been answered yet. */
export class Questions {
  readonly #pending = new Map<number, (answer: unknown) => void>();
  #last = 0;

  /** Sends a question under a number of its own. Resolves with `undefined` if no answer comes within `withinMs`. */
  ask<A>(send: (ask: number) => void, withinMs: number): Promise<A | undefined> {
    const ask = ++this.#last;
    return new Promise((resolve) => {
      const settle = (answer: unknown) => {
        clearTimeout(timer);
        this.#pending.delete(ask);
        resolve(answer as A | undefined);
      };
      const timer = setTimeout(settle, withinMs, undefined);
      this.#pending.set(ask, settle);
      send(ask);
    });
  }

  /** Takes an answer. One that comes too late is for nobody. */
  take({ ask, answer }: { readonly ask: number; readonly answer: unknown }): void {
    this.#pending.get(ask)?.(answer);
  }
}
