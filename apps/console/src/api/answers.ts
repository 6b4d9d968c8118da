import { Store } from './store.js';

/** One answer of the platform, as this tab saw it. */
export interface SeenAnswer {
  readonly number: number;
  /** When it came, epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** 0: nobody answered. */
  readonly status: number;
  readonly servedBy: string | undefined;
  readonly gateway: string | undefined;
  /** Other instances that the gateway tried first. */
  readonly retries: number;
  readonly tookMs: number;
}

const REMEMBERED = 2_000;

/** The latest answers, oldest first. */
export const answers = new Store<readonly SeenAnswer[]>([]);
let count = 0;

/** Remembers an answer. */
export function noteAnswer(answer: Omit<SeenAnswer, 'number'>): SeenAnswer {
  const seen = { ...answer, number: ++count };
  answers.set([...answers.get(), seen].slice(-REMEMBERED));
  return seen;
}

/** What the headers of an answer say of who gave it. */
export function servedBy(headers: Headers): Pick<SeenAnswer, 'servedBy' | 'gateway' | 'retries'> {
  return {
    servedBy: headers.get('x-served-by') ?? undefined,
    gateway: headers.get('x-gateway') ?? undefined,
    retries: Number(headers.get('x-retries') ?? 0),
  };
}
