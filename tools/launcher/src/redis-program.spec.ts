import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findRedis } from './redis-program.js';

const before = { PATH: process.env['PATH'], REDIS_URL: process.env['REDIS_URL'] };
let folder: string;

/** A program on the PATH of this test, which has nothing else. */
function program(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-path-'));
  process.env['PATH'] = folder;
  delete process.env['REDIS_URL'];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

describe('finding Redis', () => {
  it('uses the one that REDIS_URL names before any other', async () => {
    process.env['REDIS_URL'] = 'redis://127.0.0.1:7001';
    program('redis-server', 'echo "Redis server v=7.0.15"');
    expect(await findRedis()).toEqual({ kind: 'url', url: 'redis://127.0.0.1:7001' });
  });

  it('takes redis-server from the PATH, else valkey-server', async () => {
    const valkey = program('valkey-server', 'echo "Valkey server v=8.1.0 sha=0"');
    expect(await findRedis()).toEqual({ kind: 'program', file: valkey, version: '8.1.0' });
    const redis = program('redis-server', 'echo "Redis server v=7.0.15 sha=0"');
    expect(await findRedis()).toEqual({ kind: 'program', file: redis, version: '7.0.15' });
  });

  it.each(['echo "Redis server v=5.0.14 sha=0"', 'exit 1', 'echo surprise'])(
    'passes over a redis-server that is too old or broken (%s)',
    async (script) => {
      program('redis-server', script);
      const valkey = program('valkey-server', 'echo "Valkey server v=8.1.0"');
      expect(await findRedis()).toMatchObject({ file: valkey });
    },
  );

  it('falls back to a container where Docker runs', async () => {
    const docker = program('docker', 'exit 0');
    const wanted = process.platform === 'linux' ? { kind: 'docker', file: docker } : undefined;
    expect(await findRedis().catch(() => undefined)).toEqual(wanted && expect.objectContaining(wanted));
  });

  it('names the one thing to type where nothing works', async () => {
    program('docker', 'exit 1');
    await expect(findRedis()).rejects.toThrow(/Redis is missing .* Type this, then start again: /);
  });
});
