import { startToken, stillRuns, type ProcessIdentity } from './process-identity.js';

/** A fault of one process: it ends at once, stands still, or stands still four fifths of the time. */
export interface Fault {
  readonly kind: 'kill' | 'stop' | 'slow';
  readonly forMs: number;
}

/** Whoever asked for it shall have the answer first: it may be the very process that carries it. */
const BEGINS_AFTER_MS = 100;
const SLOW_PERIOD_MS = 100;
const SLOW_STANDS_MS = 80;

/**
 * Faults of processes that are the launcher's own. Each ends by itself, also where another one takes its place; a killed
 * process comes back as after any other end. Nothing stays stopped: `endAll` lets all go on, and when the launcher itself
 * is killed its reaper ends what it had started.
 */
export class Faults {
  private readonly ends = new Map<string, () => void>();

  /** @param kill - sends a signal to a process; default: `process.kill` */
  constructor(
    private readonly kill: (pid: number, name: NodeJS.Signals) => void = (pid, name) =>
      process.kill(pid, name),
  ) {}

  /** Breaks a process in a moment. `false`: it does not run. */
  inject({ id, pid }: { readonly id: string; readonly pid: number }, { kind, forMs }: Fault): boolean {
    const token = startToken(pid);
    if (token === undefined) return false;
    const victim = { pid, token };
    this.ends.get(id)?.();
    const timers: NodeJS.Timeout[] = [];
    const begin = (): void => {
      if (kind === 'kill') return this.signal(victim, 'SIGKILL');
      const stand = (): void => this.signal(victim, 'SIGSTOP');
      const goOn = (): void => this.signal(victim, 'SIGCONT');
      stand();
      if (kind === 'stop') return;
      const goOnInTurn = (): void => {
        goOn();
        timers.push(setInterval(goOn, SLOW_PERIOD_MS));
      };
      timers.push(setInterval(stand, SLOW_PERIOD_MS), setTimeout(goOnInTurn, SLOW_STANDS_MS));
    };
    const end = (): void => {
      for (const timer of timers) clearTimeout(timer);
      this.ends.delete(id);
      if (kind !== 'kill') this.signal(victim, 'SIGCONT');
    };
    timers.push(setTimeout(begin, BEGINS_AFTER_MS), setTimeout(end, BEGINS_AFTER_MS + forMs));
    this.ends.set(id, end);
    return true;
  }

  /** Ends all: whatever stands still goes on. */
  endAll(): void {
    for (const end of [...this.ends.values()]) end();
  }

  /** A later process with the same pid is not meant. */
  private signal(victim: ProcessIdentity, name: NodeJS.Signals): void {
    if (!stillRuns(victim)) return;
    try {
      this.kill(victim.pid, name);
    } catch {
      // It has ended in this very moment.
    }
  }
}
