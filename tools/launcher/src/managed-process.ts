import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from './end-processes.js';
import { LauncherError } from './errors.js';
import { hasten } from './hasten.js';
import { diskFailure } from './home.js';
import type { LogFiles } from './log-files.js';
import type { UserCommand } from './postgres-user.js';
import type { ProcessLedger } from './process-ledger.js';
import { restartDelay, STEADY_AFTER_MS } from './restart-policy.js';
import { launchRun, type ProcessEnd, type ProcessRun } from './process-run.js';

/** How a process says that it is ready: by messages over IPC, or by answering on its port. */
export type Readiness =
  | { readonly kind: 'messages'; readonly count: number }
  | { readonly kind: 'answers'; readonly port: number; answers(): Promise<boolean> };

/** A process of the fleet: how it is started, when it is ready, how it is ended. */
export interface ProcessPlan {
  readonly id: string;
  readonly rank: number;
  readonly signal: 'SIGTERM' | 'SIGINT';
  readonly stopWithinMs: number;
  readonly readiness: Readiness;
  /** Makes the command for a start; `again` where the process has run before. May wait. */
  prepare(again: boolean, signal: AbortSignal): Promise<PreparedCommand>;
  /** Whether it was asked to end and waits for others to leave first, for ever maybe: then it gets its `signal`. */
  isLingering?(): Promise<boolean>;
  /** Answers what the process asks over its channel. Default: nothing. */
  answer?(question: unknown): unknown;
  /** What a killed process leaves behind and must go before the next start. */
  cleanUp?(): Promise<void>;
}

/** A command with its folder and environment. */
export type PreparedCommand = UserCommand & { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv };

/** What all processes of a fleet share. */
export interface ProcessHost {
  readonly ledger: ProcessLedger;
  readonly logs: LogFiles;
  readonly restartDelayMs: number;
  say(line: string): void;
  /** A process is ready under a new pid. */
  changed(): void;
}

const SAID_OFTEN_ENOUGH = 5;

/** A process that is kept running: whatever ends it, it comes back under its id, until it is stopped. */
export class ManagedProcess {
  /** Who serves under this plan, by id: the process itself, or the workers that it speaks for. */
  readonly members = new Map<string, { pid: number; port: number }>();
  private readonly abort = new AbortController();
  private run: ProcessRun | undefined;
  private watching: Promise<void> | undefined;
  private quickEnds = 0;

  constructor(
    readonly plan: ProcessPlan,
    private readonly host: ProcessHost,
  ) {}

  /** `true` while its process runs, ready or not. */
  get running(): boolean {
    return this.run !== undefined && this.run.end === undefined;
  }

  /** `true` while its process runs and has said that it is ready. */
  get ready(): boolean {
    return this.running && this.run?.readyAt !== undefined;
  }

  /** Starts it; resolves when it is ready. Rejects with the last lines of its log if it ends before. */
  async start(): Promise<void> {
    await this.launch(false);
    this.watching = this.watch();
  }

  /** Ends it for good, in order; kills it when it takes longer than its plan allows. */
  async stop(): Promise<void> {
    this.abort.abort();
    const { run } = this;
    if (run !== undefined && run.end === undefined) {
      run.child.kill(this.plan.signal);
      const timer = setTimeout(() => signalGroup(run.pid, 'SIGKILL'), this.plan.stopWithinMs);
      await run.ended;
      clearTimeout(timer);
    }
    await this.watching;
    await this.settle(run);
  }

  /** Kills it at once, without waiting. */
  kill(): void {
    this.abort.abort();
    if (this.run !== undefined && this.run.end === undefined) signalGroup(this.run.pid, 'SIGKILL');
  }

  private async launch(again: boolean): Promise<void> {
    const { plan, host } = this;
    const command = await plan.prepare(again, this.abort.signal);
    this.abort.signal.throwIfAborted();
    const run = launchRun(plan, command, host);
    this.run = run;
    run.onMember = (id, member) => {
      const before = this.members.get(id);
      this.members.set(id, member);
      if (before !== undefined && before.pid !== member.pid) host.say(`${id} is back (pid ${member.pid}).`);
      host.changed();
    };
    if (await run.ready) {
      void hasten(run, plan);
      return;
    }
    await this.settle(run);
    throw new LauncherError(
      `${plan.id} did not start (${describeEnd(run.end)}); the end of ${host.logs.path(plan.id)}:`,
      1,
      host.logs.tail(plan.id, run.logFrom),
    );
  }

  /** What was started in its group must be gone, and the launcher's books right, before anything starts again. */
  private async settle(run: ProcessRun | undefined): Promise<void> {
    if (run === undefined) return;
    await run.endGroup();
    await this.plan.cleanUp?.();
    this.host.ledger.remove(run.pid);
  }

  private async watch(): Promise<void> {
    const { signal } = this.abort;
    while (!signal.aborted) {
      await this.run?.ended;
      if (signal.aborted) return;
      const { run } = this;
      const steady = run?.readyAt !== undefined && performance.now() - run.readyAt >= STEADY_AFTER_MS;
      this.quickEnds = steady ? 0 : this.quickEnds + 1;
      await this.settle(run);
      await this.revive(describeEnd(run?.end));
    }
  }

  private async revive(how: string): Promise<void> {
    const { plan, host } = this;
    const { signal } = this.abort;
    let story = `${plan.id} ended (${how})`;
    for (;;) {
      const delayMs = restartDelay(host.restartDelayMs, this.quickEnds);
      host.say(`${story.replace(/\.$/, '')}; it starts again in ${(delayMs / 1_000).toFixed(1)} s.`);
      try {
        await sleep(delayMs, undefined, { signal });
        await this.launch(true);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.quickEnds += 1;
        story = this.tellFailure(diskFailure(error, dirname(host.logs.path(plan.id))));
      }
    }
  }

  private tellFailure(error: unknown): string {
    const details = error instanceof LauncherError ? error.details : [];
    // The same lines again and again help nobody; the log file has them all.
    if (this.quickEnds <= SAID_OFTEN_ENOUGH) for (const line of details) this.host.say(`  ${line}`);
    const reason = error instanceof Error ? error.message.replace(/; the end of .*:$/, '') : String(error);
    if (!(error instanceof LauncherError) || details.length === 0)
      return `${this.plan.id} did not start: ${reason}`;
    return `${reason}, ${this.quickEnds} times in a row (${this.host.logs.path(this.plan.id)})`;
  }
}

/** How a process ended, for a person. */
export function describeEnd(end: ProcessEnd | undefined): string {
  if (end === undefined) return 'not ready in time';
  if (end.reason !== undefined) return end.reason;
  return end.signal === null ? `exit code ${end.code ?? 'unknown'}` : `killed by ${end.signal}`;
}
