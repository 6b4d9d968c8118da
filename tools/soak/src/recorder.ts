import type { Answer } from '@holdfast/fleet-client';
import type { FaultNote, History, Operation, Outcome } from './checker/operation.js';

/** What is known of an operation before it is answered. */
export type Draft = Omit<Operation, 'id' | 'startMs' | 'endMs' | 'outcome'>;

/** An operation as it was recorded, and the answer where there was one. */
export interface Recorded<T> {
  readonly operation: Operation;
  readonly answer: Answer<T> | undefined;
}

/** What the platform says where it refuses. */
interface Refusal {
  readonly code?: string;
  readonly error?: string;
  readonly endedBecause?: string;
}

/** Keeps the history of a run, with names of its own for sessions and tokens: no credential gets into it. */
export class Recorder {
  private readonly operations: Operation[] = [];
  private readonly faults: FaultNote[] = [];
  private readonly names = new Map<string, string>();
  private started = 0;

  get history(): History {
    return { operations: this.operations, faults: this.faults };
  }

  /** A short name for a session's id (`s`) or a refresh token (`t`): the same each time. */
  name(kind: 's' | 't', text: string): string {
    const known = this.names.get(text) ?? `${kind}${this.names.size + 1}`;
    this.names.set(text, known);
    return known;
  }

  /** Asks, and records what came of it; `learn` reads out of a success what is worth recording. */
  async record<T>(
    draft: Draft,
    ask: () => Promise<Answer<T>>,
    learn: (body: T) => Partial<Operation> = () => ({}),
  ): Promise<Recorded<T>> {
    const id = (this.started += 1);
    const startMs = performance.now();
    const { answer, ...rest } = await attempt(ask);
    const endMs = performance.now();
    const servedBy = answer?.headers.get('x-served-by') ?? undefined;
    const learnt = rest.outcome === 'ok' && answer !== undefined ? learn(answer.body) : {};
    const operation = { id, ...draft, startMs, endMs, servedBy, ...rest, ...learnt };
    this.operations.push(operation);
    return { operation, answer: rest.outcome === 'ok' ? answer : undefined };
  }

  /** Notes what was done to the platform while `strike` went on, and to how many of it. */
  async during(fault: string, losesUnacknowledged: boolean, strike: () => Promise<number>): Promise<void> {
    const startMs = performance.now();
    let struck = 0;
    try {
      struck = await strike();
    } finally {
      this.faults.push({ fault, startMs, endMs: performance.now(), losesUnacknowledged, struck });
    }
  }
}

interface Attempt<T> {
  readonly outcome: Outcome;
  readonly code?: string;
  readonly because?: string;
  readonly answer?: Answer<T>;
}

async function attempt<T>(ask: () => Promise<Answer<T>>): Promise<Attempt<T>> {
  let answer: Answer<T>;
  try {
    answer = await ask();
  } catch (error) {
    const code = codeOf(error);
    return { outcome: code === 'ECONNREFUSED' ? 'unsent' : 'unknown', code };
  }
  if (answer.status < 300) return { outcome: 'ok', answer };
  const { code, error, endedBecause: because } = (answer.body ?? {}) as Refusal;
  const outcome = answer.status >= 500 ? 'unknown' : 'refused';
  return { outcome, code: code ?? error ?? String(answer.status), because, answer };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const cause = error.cause as { readonly code?: string } | undefined;
  return cause?.code ?? error.name;
}
