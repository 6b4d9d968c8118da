import { fileURLToPath } from 'node:url';
import { Child } from './child.js';
import type { LoadOrder, LoadResult } from './load.js';

/** The process that makes the load. */
export class LoadChild {
  readonly #child: Child;

  constructor(core: number | undefined) {
    this.#child = new Child({ file: fileURLToPath(new URL('load-process.js', import.meta.url)) }, core);
  }

  /** Carries an order out; one at a time. */
  async carryOut(order: LoadOrder): Promise<LoadResult> {
    const answer = await this.#child.ask<{ readonly result?: LoadResult; readonly error?: string }>(order);
    if (answer.result === undefined) throw new Error(answer.error);
    return answer.result;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
