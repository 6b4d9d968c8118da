import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, PROJECTS, root, run } from './bootstrap.mjs';

const JEST = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const INTERRUPTED = 130;

// `--all` adds the tests that take longer; everything else is Jest's: `npm test -- libs/session -t 'G9'`.
const given = process.argv.slice(2);
const args = given.filter((argument) => argument !== '--all');
const env = { ...process.env, ...(given.includes('--all') ? { TEST_LONG: '1' } : {}) };

await prepare([
  ...PROJECTS.fleet,
  ...PROJECTS.demo,
  ...PROJECTS.storeOps,
  ...PROJECTS.checks,
  ...PROJECTS.e2e,
]);
const { sumTotals, totalsExitCode, totalsLine } = await import('./dist/test-totals.js');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-tests-'));

/** Runs Jest on some projects. `quiet`: what people read comes at the end, for it would lie among that of another run. */
async function jest(name, { projects, workers, quiet = false }) {
  const file = join(folder, `${name}.json`);
  const told = join(folder, `${name}.txt`);
  const flags = [
    '--selectProjects',
    ...projects,
    `--maxWorkers=${workers}`,
    '--passWithNoTests',
    '--json',
    '--outputFile',
    file,
  ];
  // With --json Jest writes its report to stdout as well; what people read goes to stderr.
  const exitCode = await run(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', JEST, ...flags, ...args],
    {
      env,
      stdio: ['inherit', 'ignore', quiet ? openSync(told, 'w') : 'inherit'],
    },
  );
  if (quiet) process.stderr.write(readFileSync(told));
  try {
    return { report: JSON.parse(readFileSync(file, 'utf8')), exitCode };
  } catch {
    return { report: undefined, exitCode };
  }
}

// More workers than there are cores on a small machine: a third of the time is waiting for Redis, Postgres and processes.
const runs = [await jest('unit-and-integration', { projects: ['unit', 'integration'], workers: 3 })];
if (runs[0].exitCode !== INTERRUPTED) {
  // Side by side, each on a fleet of its own: what disturbs a fleet is waiting most of the time.
  const alone = { projects: ['e2e-alone'], workers: 1 };
  if (env.HOLDFAST_E2E_HOME === undefined) {
    const disturbing = jest('e2e-alone', { ...alone, quiet: true });
    runs.push(await jest('e2e', { projects: ['e2e'], workers: 2 }), await disturbing);
  } else {
    runs.push(await jest('e2e', { projects: ['e2e'], workers: 2 }), await jest('e2e-alone', alone));
  }
}
rmSync(folder, { recursive: true, force: true });

const totals = sumTotals(runs);
process.stdout.write(`\n${totalsLine(totals)}\n`);
process.exitCode = totalsExitCode(totals);
