import { writeSync } from 'node:fs';
import { LauncherError } from './errors.js';
import type { FleetPrograms } from './fleet.js';
import { deleteHome, diskFailure, Home } from './home.js';
import { prepareLaunch, type Launch, type Voice } from './launch.js';
import { awaitHome, endLeftovers, releaseLock } from './launch-lock.js';
import { HELP, readCall, type Settings } from './settings.js';
import { StopRequest } from './stop-request.js';
import { welcome } from './welcome.js';

const KILLED_EXIT_CODE = 130;

function print(text: string, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(`${text}\n`);
}

/** Progress for people and for log files alike: one line per finished step, nothing that moves. */
const voice: Voice = {
  say: (line) => print(`  ${line}`),
  done: (what, detail) => print(`  ✓ ${what.padEnd(9)} ${detail}`),
};

/** Says what went wrong: one sentence, and the lines that explain it; the exit code that goes with it. */
function tellFailure(error: unknown): number {
  if (error instanceof LauncherError) {
    print([error.message, ...error.details.map((line) => `  ${line}`)].join('\n'), process.stderr);
    return error.exitCode;
  }
  print(
    `Unexpected failure of the launcher: ${error instanceof Error ? error.stack : String(error)}`,
    process.stderr,
  );
  return 1;
}

async function reset(path: string): Promise<number> {
  const home = new Home(path);
  await awaitHome(home, 'stop it first (Ctrl+C there), then reset.', voice.say);
  await endLeftovers(home, voice.say);
  const left = deleteHome(path);
  const rest = left.length === 0 ? '' : ` What is not the launcher's was left: ${left.join(', ')}.`;
  print(`All data and secrets of ${path} are forgotten.${rest}`);
  return 0;
}

/** Starts, and stops whatever has been started if that fails or is broken off. */
async function startFleet(launch: Launch, request: StopRequest, startedAt: number): Promise<void> {
  const { fleet, home } = launch;
  const started = fleet.start();
  // Whoever stops during the start ends the processes that the start is waiting for.
  await Promise.race([started, request.first]);
  if (request.made) {
    started.catch(() => undefined);
    return;
  }
  const { processes, adminEmail } = fleet.summary();
  print(welcome({ home, url: fleet.url, adminEmail, processes, tookMs: Date.now() - startedAt }).join('\n'));
}

async function runFleet(settings: Settings, programs: FleetPrograms, startedAt: number): Promise<number> {
  let launch: Launch | undefined;
  const request = new StopRequest(() => {
    writeSync(1, 'Killed at once; the data is kept, as after a power failure.\n');
    launch?.fleet.kill();
    releaseLock(new Home(settings.home));
    process.exit(KILLED_EXIT_CODE);
  });
  const preparing = prepareLaunch(settings, programs, voice);
  void request.first.then(() => {
    if (launch !== undefined) return;
    print('Broken off before anything was started.');
    process.exit(0);
  });
  launch = await preparing;
  process.on('uncaughtException', (error) => {
    tellFailure(error);
    void launch?.stop().finally(() => process.exit(1));
  });
  try {
    await startFleet(launch, request, startedAt);
  } catch (error) {
    await launch.stop();
    throw diskFailure(error, settings.home);
  }
  const who = await request.first;
  print(`Stopping everything (${who}); Ctrl+C again kills at once.`);
  await launch.stop();
  print('Stopped. The data is kept; "npm start" goes on with it.');
  return 0;
}

/**
 * The launcher's command line: answers the exit code. `startedAt` (milliseconds since the epoch) is when the reader typed
 * the command.
 */
export async function runCli(
  argv: readonly string[],
  programs: FleetPrograms,
  startedAt = Date.now(),
): Promise<number> {
  // A reader who closes the pipe (`| head`) has seen enough; the platform goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // Whatever the stores write is the owner's alone.
  process.umask(0o077);
  try {
    const call = readCall(argv, process.env);
    if (call.kind === 'help') print(HELP.trimEnd());
    if (call.kind === 'reset') return await reset(call.home);
    if (call.kind === 'start') return await runFleet(call.settings, programs, startedAt);
    return 0;
  } catch (error) {
    return tellFailure(error);
  }
}
