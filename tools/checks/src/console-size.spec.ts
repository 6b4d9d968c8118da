import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MOST_BYTES, sizeFaults } from './console-size.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'site-'));
  mkdirSync(join(folder, 'assets'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, bytes: number) => writeFileSync(join(folder, name), Buffer.alloc(bytes));

describe('the check of the console’s size', () => {
  it('counts compressed files, in all folders together', () => {
    write('index.html.gz', 1_000);
    write('assets/index.js', 10 * MOST_BYTES);
    write('assets/index.js.gz', MOST_BYTES - 1_001);
    expect(sizeFaults(folder)).toEqual([]);
    write('index.html.gz', 1_001);
    expect(sizeFaults(folder)).toEqual([
      `apps/console/dist/site has ${MOST_BYTES} bytes, at most ${MOST_BYTES}; the largest is ${join('assets', 'index.js.gz')}`,
    ]);
  });

  it('misses what was not built, and what is not compressed', () => {
    expect(sizeFaults(join(folder, 'nowhere'))).toEqual([
      'apps/console/dist/site is not built: npm run build',
    ]);
    write('assets/index.js', 10);
    expect(sizeFaults(folder)[0]).toContain('holds nothing that is compressed');
  });
});
