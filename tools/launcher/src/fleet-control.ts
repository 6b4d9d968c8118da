import type { FleetProcess, ProcessRole } from '@holdfast/fleet-client';
import type { Fault, Faults } from './faults.js';

/** Longest fault, in milliseconds. */
const LONGEST_FAULT_MS = 60_000;
const KINDS: readonly unknown[] = ['kill', 'stop', 'slow'];
/** Postgres is one, and has no other to take its place; a Sentinel more or less nobody notices. */
const BREAKABLE: ReadonlySet<ProcessRole> = new Set([
  'gateway',
  'auth',
  'user',
  'order',
  'redis-primary',
  'redis-replica',
]);

/** Answers what the gateway asks over its channel: who runs, and faults of them, on behalf of an administrator. */
export class FleetControl {
  constructor(
    private readonly processes: () => readonly FleetProcess[],
    private readonly faults: Pick<Faults, 'inject'>,
  ) {}

  /** The answer to a question; `undefined` to one that is none. */
  answer(question: unknown): unknown {
    if (typeof question !== 'object' || question === null || !('about' in question)) return undefined;
    if (question.about === 'processes') return this.processes();
    return question.about === 'fault' && isFault(question) ? this.injected(question) : undefined;
  }

  private injected({ id, kind, forMs }: Fault & { readonly id: string }): 'accepted' | 'unknown' {
    const victim = this.processes().find((each) => each.id === id && BREAKABLE.has(each.role));
    return victim !== undefined && this.faults.inject(victim, { kind, forMs }) ? 'accepted' : 'unknown';
  }
}

function isFault(question: object): question is Fault & { readonly id: string } {
  const { id, kind, forMs } = question as Partial<Record<'id' | keyof Fault, unknown>>;
  const isShort = typeof forMs === 'number' && forMs > 0 && forMs <= LONGEST_FAULT_MS;
  return typeof id === 'string' && KINDS.includes(kind) && isShort;
}
