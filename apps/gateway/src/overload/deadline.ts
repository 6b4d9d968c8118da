import type { IncomingMessage } from 'node:http';
import { DEADLINE_HEADER } from '@holdfast/balancer-http';
import { within } from './within.js';

/** What a client gives less is taken for this: a sound service keeps it, and nobody makes instances look sick. */
const LEAST_MS = 100;
const MILLISECONDS = /^\d{1,9}$/;

/** Until when a client waits for its answer: its own `x-deadline-ms`, which may shorten what we give it and no more. */
export class Deadline {
  private constructor(private readonly at: number) {}

  /** `undefined` if the client says none, or nothing that is one: then ours holds. */
  static of({ headers }: Pick<IncomingMessage, 'headers'>): Deadline | undefined {
    const given = headers[DEADLINE_HEADER];
    if (typeof given !== 'string' || !MILLISECONDS.test(given)) return undefined;
    return new Deadline(performance.now() + Math.max(LEAST_MS, Number(given)));
  }

  /** In milliseconds, 0 at least. */
  get remainingMs(): number {
    return Math.max(0, this.at - performance.now());
  }

  /** What is promised, or `otherwise` when the time is over. */
  within<T>(promised: Promise<T>, otherwise: T): Promise<T> {
    return within(promised, this.remainingMs, otherwise);
  }
}
