import { join } from 'node:path';
import { build, prepare, PROJECTS, root, run } from './bootstrap.mjs';

const program = (...path) => join(root, 'node_modules', ...path);
const node = (file, ...args) => run(process.execPath, [file, ...args]);
// No background process is left behind, and no question asked.
const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', CI: 'true' };

const STEPS = [
  ['format', () => node(program('prettier', 'bin', 'prettier.cjs'), '--check', '.', '--log-level', 'warn')],
  ['lint', () => node(program('eslint', 'bin', 'eslint.js'), '.')],
  ['types', () => build([])],
  [
    'nx build',
    () => run(process.execPath, [program('nx', 'dist', 'bin', 'nx.js'), 'run-many', '-t', 'build'], { env }),
  ],
  ['checks', () => node(join(root, 'tools/checks/dist/index.js'))],
];

await prepare([...PROJECTS.fleet, ...PROJECTS.checks]);
const results = [];
for (const [name, step] of STEPS) {
  process.stdout.write(`\n── ${name}\n`);
  const from = performance.now();
  const code = await step();
  results.push({ name, code, seconds: (performance.now() - from) / 1_000 });
  if (code === 130) break;
}
process.stdout.write('\n');
for (const { name, code, seconds } of results) {
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${name.padEnd(9)} ${seconds.toFixed(1)} s\n`);
}
const failed = results.filter(({ code }) => code !== 0);
process.stdout.write(
  failed.length === 0 ? 'All verified.\n' : `Failed: ${failed.map(({ name }) => name).join(', ')}.\n`,
);
process.exit(failed.length === 0 ? 0 : 1);
