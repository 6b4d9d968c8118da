import { LauncherError } from './errors.js';
import { findProgram } from './find-program.js';
import { runCommand } from './run-command.js';
import { findInstaller, installPackage } from './system-package.js';

interface RedisProgram {
  readonly kind: 'program';
  readonly file: string;
  readonly version: string;
}

interface RedisContainer {
  readonly kind: 'docker';
  readonly file: string;
  readonly image: string;
  readonly version: string;
}

/** Where servers come from that we start: a program of this machine, or a container. */
export type RedisServerSource = RedisProgram | RedisContainer;

/** Where Redis comes from: a server that runs already, or one that we start. */
export type RedisSource = { readonly kind: 'url'; readonly url: string } | RedisServerSource;

const OLDEST_MAJOR = 6;
const PACKAGE = {
  apt: 'redis-server',
  apk: 'redis',
  dnf: ['redis', 'valkey'],
  brew: 'redis',
  daemon: 'redis-server',
} as const;
const IMAGE = 'redis:7-alpine';

async function programVersion(file: string): Promise<string | undefined> {
  const { code, output } = await runCommand(file, ['--version'], { timeoutMs: 10_000 });
  const version = code === 0 ? /v=(\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined;
  return version !== undefined && Number.parseInt(version, 10) >= OLDEST_MAJOR ? version : undefined;
}

async function onThePath(): Promise<RedisProgram | undefined> {
  for (const name of ['redis-server', 'valkey-server']) {
    const file = findProgram(name);
    const version = file === undefined ? undefined : await programVersion(file);
    if (file !== undefined && version !== undefined) return { kind: 'program', file, version };
  }
  return undefined;
}

async function inDocker(): Promise<RedisContainer | undefined> {
  const file = findProgram('docker');
  // Sentinel names its nodes by their addresses, so containers must share this machine's network: Linux only.
  if (file === undefined || process.platform !== 'linux') return undefined;
  const daemon = await runCommand(file, ['info'], { timeoutMs: 10_000 });
  if (daemon.code !== 0) return undefined;
  const pulled = await runCommand(file, ['pull', '-q', IMAGE]);
  return pulled.code === 0 ? { kind: 'docker', file, image: IMAGE, version: '7' } : undefined;
}

/**
 * Finds Redis, or installs it: `REDIS_URL`, then `redis-server` or `valkey-server` on the PATH, then the system's package
 * manager where that needs no password, then Docker. Throws the one command to type when none of these works.
 */
export async function findRedis(say: (line: string) => void = () => undefined): Promise<RedisSource> {
  const url = process.env['REDIS_URL'];
  if (url !== undefined && url !== '') return { kind: 'url', url };
  return findRedisServer(say);
}

/** The same without `REDIS_URL`: for who must start, kill and forget servers of its own. */
export async function findRedisServer(
  say: (line: string) => void = () => undefined,
): Promise<RedisServerSource> {
  const found = await onThePath();
  if (found !== undefined) return found;

  const installer = findInstaller(PACKAGE);
  let why = 'no known package manager';
  if (installer !== undefined) {
    say(`Redis is not on this machine; installing it with ${installer.manager} …`);
    const failure = await installPackage(installer);
    const installed = failure === undefined ? await onThePath() : undefined;
    if (installed !== undefined) return installed;
    why = failure ?? `what ${installer.manager} installed is older than Redis ${OLDEST_MAJOR}`;
  }
  const container = await inDocker();
  if (container !== undefined) return container;
  const command = installer?.byHand ?? 'export REDIS_URL=redis://host:6379';
  throw new LauncherError(
    `Redis is missing and could not be installed (${why}). Type this, then start again: ${command}`,
  );
}
