import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FleetProcess, RunFile } from '@holdfast/fleet-client';
import { LauncherError } from './errors.js';
import { freePort } from './free-port.js';
import { lastLines } from './run-command.js';
import { until } from './until.js';

/** How a fleet for tests is to differ from that of `npm start`. */
export interface FleetOptions {
  /** Arguments of the launcher, such as `--minimal`. */
  readonly args?: readonly string[];
  /** Added to the environment, such as `ACCESS_TOKEN_TTL_MS`. */
  readonly env?: Readonly<Record<string, string>>;
  /** A home to start on, which is then kept; a temporary one otherwise, deleted by `stop`. */
  readonly home?: string;
  /** The launcher's program; that of this repository by default. */
  readonly program?: string;
}

/** A fleet that runs for a test. */
export interface TestFleet {
  readonly url: string;
  readonly admin: RunFile['admin'];
  readonly home: string;
  /** The launcher's own pid. */
  readonly pid: number;
  /** Its processes as they are at this moment. */
  processes(): FleetProcess[];
  /** All that the launcher has printed so far. */
  output(): string;
  /** Stops everything; answers the launcher's exit code. */
  stop(): Promise<number | null>;
}

// What `npm start` runs; the same from `src` and from `dist`.
const PROGRAM = fileURLToPath(new URL('../start.mjs', import.meta.url));
const READY_WITHIN_MS = 120_000;

/**
 * Starts the real platform, built to `dist`, as a process of its own with a temporary home and a free port. Resolves when
 * all are ready; rejects with the launcher's last lines. It ends with this process, however that ends.
 */
export async function startFleet(options: FleetOptions = {}): Promise<TestFleet> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'holdfast-fleet-'));
  const env = await fleetEnvironment(home, options);
  const child = fork(options.program ?? PROGRAM, [...(options.args ?? [])], {
    env,
    execArgv: [],
    silent: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += String(text)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const code = await ended;
    if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    return code;
  };
  const read = (): RunFile => JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as RunFile;
  const isReady = (): boolean => /^Ready in /m.test(output);
  const giveUp = (): boolean => hasEnded(child);
  if (!(await until(isReady, { withinMs: READY_WITHIN_MS, giveUp }))) {
    await stop();
    throw new LauncherError('The fleet for the tests did not start.', 1, lastLines(output, 20));
  }
  const { gateway, admin } = read();
  const processes = (): FleetProcess[] => [...read().processes];
  return { url: gateway.url, admin, home, pid: child.pid ?? 0, processes, output: () => output, stop };
}

async function fleetEnvironment(home: string, { env = {} }: FleetOptions): Promise<NodeJS.ProcessEnv> {
  // Jest's own options are not the fleet's.
  const { NODE_OPTIONS: _jest, ...inherited } = process.env;
  return { ...inherited, GATEWAY_PORT: String(await freePort()), HOLDFAST_HOME: home, ...env };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
