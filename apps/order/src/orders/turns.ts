/**
 * Lets tasks of the same name take turns within this process. The lock in Postgres decides between
 * processes; without turns each waiter here would wait with a connection of the pool in its hand.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(task);
    const over = mine.catch(() => undefined);
    this.#last.set(name, over);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === over) this.#last.delete(name);
    }
  }
}
