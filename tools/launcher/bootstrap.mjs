// Runs on a fresh clone with Node and nothing else: no dependencies here, and no TypeScript.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** When the reader typed the command, in milliseconds since the epoch. */
export const startedAt = Math.round(performance.timeOrigin);

const OLDEST_NODE = [20, 19];
const SERVICES = ['auth', 'user', 'order', 'gateway'].map((app) => `apps/${app}/tsconfig.app.json`);

/** The TypeScript projects that a command needs built; what they refer to is built with them. */
export const PROJECTS = {
  fleet: [...SERVICES, 'tools/launcher/tsconfig.lib.json'],
  demo: ['tools/demo/tsconfig.lib.json'],
  bench: ['tools/bench/tsconfig.lib.json', 'tools/bench-service/tsconfig.app.json'],
  simulate: ['tools/simulate/tsconfig.lib.json'],
  chaos: ['tools/chaos/tsconfig.lib.json'],
  screenshots: ['tools/screenshots/tsconfig.lib.json'],
  soak: ['tools/soak/tsconfig.lib.json'],
  storeOps: ['tools/store-ops/tsconfig.lib.json'],
  checks: ['tools/checks/tsconfig.lib.json'],
  e2e: ['e2e/tsconfig.lib.json'],
};

/** Ends the program with one sentence. */
export function giveUp(sentence, exitCode = 1) {
  process.stderr.write(`${sentence}\n`);
  process.exit(exitCode);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  giveUp(
    `Holdfast needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.version}. "nvm install" gets the right one.`,
  );
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether what npm installed is what the lockfile says; packages for other platforms may be missing. */
export function isInstalled(folder = root) {
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages;
  const found = readJson(join(folder, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const installed = found[path];
    if (installed === undefined)
      return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return installed.version === entry.version && installed.resolved === entry.resolved;
  });
}

/** Runs a command to its end with our own input and output; answers its exit code, 130 after Ctrl+C. */
export function run(file, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: 'inherit', ...options });
    // A Ctrl+C in the terminal reaches the child too; a signal to us alone is passed on. Either way we wait for its end.
    const passOn = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn);
    const finish = (code) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, passOn);
      resolve(code);
    };
    child.once('error', (error) => {
      process.stderr.write(`${file} could not be started: ${error.message}\n`);
      finish(1);
    });
    child.once('exit', (code, signal) => finish(signal === 'SIGINT' ? 130 : (code ?? 1)));
  });
}

async function install() {
  if (isInstalled()) return;
  process.stdout.write('Installing the npm packages (npm ci) …\n');
  const npm = process.env.npm_execpath;
  const [file, before] =
    npm?.endsWith('.js') || npm?.endsWith('.cjs') ? [process.execPath, [npm]] : ['npm', []];
  const code = await run(file, [...before, 'ci'], { shell: file === 'npm' && process.platform === 'win32' });
  if (code !== 0)
    giveUp(
      'The npm packages could not be installed; see above. Mend that, then run the command again.',
      code,
    );
}

/** Builds TypeScript projects; what has not changed costs nearly nothing. */
export function build(projects) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return run(process.execPath, [tsc, '--build', ...projects]);
}

const CONSOLE = join(root, 'apps', 'console');

/** A hash of all that the console is built from: its files, and what npm installs. */
function consoleHash() {
  const own = readdirSync(CONSOLE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\b(dist|node_modules)\b/.test(entry.parentPath))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const hash = createHash('sha256');
  for (const path of [...own, join(root, 'package-lock.json')]) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

/** Builds the console with Vite, if it has changed: some seconds, else nearly nothing. */
export async function buildConsole() {
  const stamp = join(CONSOLE, 'dist', 'site.sha256');
  const hash = consoleHash();
  const isBuilt = existsSync(join(CONSOLE, 'dist', 'site', 'index.html'));
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return 0;
  const vite = createRequire(join(CONSOLE, 'package.json')).resolve('vite/package.json');
  const args = [join(vite, '..', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'];
  const code = await run(process.execPath, args, { cwd: CONSOLE });
  if (code === 0) writeFileSync(stamp, hash);
  return code;
}

/** Installs and builds what is missing or has changed, then the program that was asked for can be imported. */
export async function prepare(projects) {
  requireNode();
  await install();
  if (!existsSync(join(root, 'tools/launcher/dist/cli.js'))) process.stdout.write('Building …\n');
  const codes = await Promise.all([build(projects), buildConsole()]);
  const code = codes.find((each) => each !== 0) ?? 0;
  if (code !== 0) giveUp('The build failed; see above. Mend that, then run the command again.', code);
}
