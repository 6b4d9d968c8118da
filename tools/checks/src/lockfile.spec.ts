import { describe, expect, it } from '@jest/globals';
import { lockfile } from './lockfile.js';
import { Repository } from './repository.js';

const BINARIES = {
  '@x/linux-x64-gnu': { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
  '@x/linux-x64-musl': { os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  '@x/linux-arm64-gnu': { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
  '@x/darwin-x64': { os: ['darwin'], cpu: ['x64'] },
  '@x/darwin-arm64': { os: ['darwin'], cpu: ['arm64'] },
  '@x/win32-x64': { os: ['win32'], cpu: ['x64'] },
};

function faults(packages: Record<string, object>) {
  return lockfile.run(Repository.ofFiles({ 'package-lock.json': JSON.stringify({ packages }) }));
}

function lock(folder: string, family: string) {
  const optionalDependencies = Object.fromEntries(Object.keys(BINARIES).map((name) => [name, '1.0.0']));
  const binaries = Object.entries(BINARIES).map(([name, entry]) => [`${folder}/${name}`, entry]);
  return { [family]: { optionalDependencies }, ...(Object.fromEntries(binaries) as Record<string, object>) };
}

describe('the check of the lockfile', () => {
  it('passes when each platform has its binary, wherever Node finds it', () => {
    expect(faults(lock('node_modules', 'node_modules/x'))).toEqual([]);
    expect(faults(lock('node_modules', 'node_modules/a/node_modules/x'))).toEqual([]);
    expect(faults(lock('node_modules/a/node_modules', 'node_modules/a/node_modules/x'))).toEqual([]);
  });

  it('fails for a binary that is not there, or out of reach', () => {
    const { 'node_modules/@x/win32-x64': _gone, ...rest } = lock('node_modules', 'node_modules/x');
    expect(faults(rest)).toEqual([expect.stringContaining('x has no binary for win32-x64')]);
    expect(faults(lock('node_modules/b/node_modules', 'node_modules/x'))).toHaveLength(6);
  });

  it('fails for an address of a registry, and for no lockfile', () => {
    const resolved = 'https://registry.example/x.tgz';
    expect(faults({ 'node_modules/x': { resolved } })).toEqual([expect.stringContaining(resolved)]);
    expect(faults({ 'node_modules/@holdfast/x': { resolved: 'libs/x', link: true } })).toEqual([]);
    expect(lockfile.run(Repository.ofFiles({}))).toHaveLength(1);
  });
});
