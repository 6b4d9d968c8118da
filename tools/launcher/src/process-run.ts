import { spawn, type ChildProcess } from 'node:child_process';
import { signalGroup } from './end-processes.js';
import type { PreparedCommand, ProcessHost, ProcessPlan } from './managed-process.js';
import { isAskMessage, isReadyMessage } from './ready-message.js';
import { until } from './until.js';

/** How a process ended. `reason` where it could not even be started. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason?: string;
}

/** One run of a process, from its start to its end. */
export interface ProcessRun {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Where in the log file this run begins. */
  readonly logFrom: number;
  /** Resolves with `false` if it ended first, or was not ready in time (it is killed then). */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<void>;
  /** Set once it has ended. */
  readonly end: ProcessEnd | undefined;
  /** Monotonic milliseconds. */
  readonly readyAt: number | undefined;
  /** Told of each process that serves under this run. */
  onMember: (id: string, member: { pid: number; port: number }) => void;
  /** Ends what this process started and left behind; resolves when nothing of its group runs. */
  endGroup(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const GROUP_GRACE_MS = 3_000;
const NO_PID = -1;

class SpawnedRun implements ProcessRun {
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly ready: Promise<boolean>;
  end: ProcessEnd | undefined;
  readyAt: number | undefined;
  onMember: ProcessRun['onMember'] = () => undefined;
  private readonly reported = new Set<string>();

  constructor(
    private readonly plan: ProcessPlan,
    readonly child: ChildProcess,
    readonly logFrom: number,
  ) {
    this.pid = child.pid ?? NO_PID;
    this.ended = new Promise((resolve) => {
      const finish = (end: ProcessEnd): void => {
        this.end ??= end;
        resolve();
      };
      child.once('exit', (code, signal) => finish({ code, signal }));
      child.once('error', ({ message }) => {
        if (child.pid === undefined) finish({ code: null, signal: null, reason: message });
      });
    });
    child.on('message', (message) => this.hear(message));
    this.ready = this.awaitReady();
  }

  async endGroup(): Promise<void> {
    if (this.pid === NO_PID) return;
    if (this.end === undefined) signalGroup(this.pid, 'SIGKILL');
    await this.ended;
    const gone = (): boolean => !groupExists(this.pid);
    if (gone()) return;
    signalGroup(this.pid, 'SIGTERM');
    if (await until(gone, { withinMs: GROUP_GRACE_MS })) return;
    signalGroup(this.pid, 'SIGKILL');
    await until(gone, { withinMs: GROUP_GRACE_MS });
  }

  private async awaitReady(): Promise<boolean> {
    // After the constructor: whoever asked for this run must be able to set `onMember` first.
    await Promise.resolve();
    const { readiness, id } = this.plan;
    const isReady = async (): Promise<boolean> => {
      if (readiness.kind === 'messages') return this.reported.size >= readiness.count;
      return readiness.answers();
    };
    const giveUp = (): boolean => this.end !== undefined;
    if (!(await until(isReady, { withinMs: READY_WITHIN_MS, giveUp })) || giveUp()) return false;
    this.readyAt = performance.now();
    if (readiness.kind === 'answers') this.onMember(id, { pid: this.pid, port: readiness.port });
    return true;
  }

  private hear(message: unknown): void {
    if (isAskMessage(message) && this.child.connected) {
      const answer = this.plan.answer?.(message.question);
      this.child.send({ type: 'answer', ask: message.ask, answer });
    }
    if (!isReadyMessage(message)) return;
    // Who speaks for another process names it; who speaks for itself is known by the id that we gave it.
    const { id, pid } =
      message.pid === undefined ? { id: this.plan.id, pid: this.pid } : { ...message, pid: message.pid };
    this.reported.add(id);
    this.onMember(id, { pid, port: message.port });
  }
}

function groupExists(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts a process, in a group of its own: a Ctrl+C in the terminal reaches the launcher alone, which stops all in order. */
export function launchRun(plan: ProcessPlan, command: PreparedCommand, host: ProcessHost): ProcessRun {
  const { file, args, ...options } = command;
  const log = host.logs.open(plan.id);
  const channel = plan.readiness.kind === 'messages' ? 'ipc' : 'ignore';
  try {
    const child = spawn(file, args, {
      ...options,
      detached: true,
      stdio: ['ignore', log.fd, log.fd, channel],
    });
    if (child.pid !== undefined) {
      host.ledger.add({ pid: child.pid, id: plan.id, rank: plan.rank, signal: plan.signal });
    }
    return new SpawnedRun(plan, child, log.from);
  } finally {
    host.logs.close(log.fd);
  }
}
