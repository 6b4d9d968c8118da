import type { Clock, Member, Outcome } from '@holdfast/balancer-core';
import { TrafficWindow, type TrafficCounts } from './traffic-window.js';

/** What a worker has to do at this moment: what it answers, and what comes of its tries at each instance. */
export class Traffic {
  /** What clients got. Failed is what was an error of ours; how long it took is left out, since streams last. */
  readonly answers: TrafficWindow;
  readonly #byInstance = new Map<string, TrafficWindow>();

  constructor(private readonly clock?: Clock) {
    this.answers = new TrafficWindow(clock);
  }

  /** Counts a try. Failed is one without an answer, and one whose answer says so; not one whose caller left. */
  tried({ id }: Pick<Member, 'id'>, outcome: Outcome): void {
    const window = this.#byInstance.get(id) ?? this.#begin(id);
    if (outcome.kind === 'answered') window.add(isFailure(outcome.status), outcome.latencyMs);
    else window.add(outcome.kind !== 'abandoned');
  }

  /** What came of the tries at an instance. */
  of(id: string): TrafficCounts {
    return (this.#byInstance.get(id) ?? new TrafficWindow(this.clock)).counts();
  }

  /** Instances come and go: who was not tried lately is forgotten when somebody new is. */
  #begin(id: string): TrafficWindow {
    for (const [known, window] of this.#byInstance) if (window.isEmpty) this.#byInstance.delete(known);
    const window = new TrafficWindow(this.clock);
    this.#byInstance.set(id, window);
    return window;
  }
}

/** Whether a status says that the platform, and not the client, is at fault. */
export function isFailure(status: number): boolean {
  return status >= 500;
}
