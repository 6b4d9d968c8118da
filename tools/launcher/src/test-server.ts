import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { LauncherError } from './errors.js';
import { ProcessLedger } from './process-ledger.js';
import type { UserCommand } from './postgres-user.js';
import { lastLines } from './run-command.js';
import { until } from './until.js';

/** A server of its own for one test run. */
export interface TestServer {
  readonly url: string;
  readonly pid: number;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

/** What distinguishes one kind of server from another. */
export interface TestServerPlan {
  readonly name: string;
  readonly command: UserCommand & { cwd?: string; env?: NodeJS.ProcessEnv };
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** Its temporary folder, deleted at the end. */
  readonly dir: string;
  readonly url: string;
  isReady(): Promise<boolean>;
  cleanUp?(): Promise<void>;
}

const START_WITHIN_MS = 20_000;
const KEPT_OUTPUT = 8_000;

/** Starts the server and waits until it answers. It ends with this process, however that ends. */
export async function startTestServer(plan: TestServerPlan): Promise<TestServer> {
  const { file, args, ...options } = plan.command;
  const ledger = new ProcessLedger(undefined, [plan.dir]);
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) ledger.add({ pid: child.pid, id: plan.name, rank: 0, signal: plan.signal });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => (output = (output + String(text)).slice(-KEPT_OUTPUT)));
  }
  let ended = false;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  }).then(() => (ended = true));
  const stop = async (): Promise<void> => {
    child.kill(plan.signal);
    await gone;
    await plan.cleanUp?.();
    if (child.pid !== undefined) ledger.remove(child.pid);
    await ledger.close();
    rmSync(plan.dir, { recursive: true, force: true });
  };
  if (!(await until(() => plan.isReady(), { withinMs: START_WITHIN_MS, giveUp: () => ended }))) {
    await stop();
    throw new LauncherError(`${plan.name} for the tests did not start.`, 1, lastLines(output));
  }
  return { url: plan.url, pid: child.pid ?? 0, stop };
}
