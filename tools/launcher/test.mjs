import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

async function jest(name, projects, options) {
  const file = join(folder, `${name}.json`);
  const flags = [
    '--selectProjects',
    ...projects,
    ...options,
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
      stdio: ['inherit', 'ignore', 'inherit'],
    },
  );
  try {
    return { report: JSON.parse(readFileSync(file, 'utf8')), exitCode };
  } catch {
    return { report: undefined, exitCode };
  }
}

// More than there are cores on a small machine: a third of the time is waiting for Redis, Postgres and processes.
const STAGES = [
  ['unit-and-integration', ['unit', 'integration'], ['--maxWorkers=3']],
  ['e2e', ['e2e'], ['--maxWorkers=3']],
  ['e2e-alone', ['e2e-alone'], ['--runInBand']],
];
const runs = [];
for (const stage of STAGES) {
  if (runs.at(-1)?.exitCode !== INTERRUPTED) runs.push(await jest(...stage));
}
rmSync(folder, { recursive: true, force: true });

const totals = sumTotals(runs);
process.stdout.write(`\n${totalsLine(totals)}\n`);
process.exitCode = totalsExitCode(totals);
