import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Repository } from './repository.js';

const root = mkdtempSync(join(tmpdir(), 'repository-'));

describe('a repository on disk', () => {
  beforeAll(() => {
    for (const folder of ['src/deep', 'node_modules/x', 'dist'])
      mkdirSync(join(root, folder), { recursive: true });
    for (const path of ['src/deep/a.ts', 'node_modules/x/b.ts', 'dist/c.ts', 'local.env']) {
      writeFileSync(join(root, path), path);
    }
  });

  afterAll(() => rmSync(root, { recursive: true }));

  it('holds all but what is installed and built, where there is no git', () => {
    const repository = Repository.fromDisk(root);
    expect(repository.paths()).toEqual(['local.env', 'src/deep/a.ts']);
    expect(repository.text('src/deep/a.ts')).toBe('src/deep/a.ts');
    expect(repository.text('dist/c.ts')).toBeUndefined();
  });

  it('holds what git would take, the untracked included and the ignored not', () => {
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    writeFileSync(join(root, '.gitignore'), 'node_modules\ndist\n*.env\n');
    expect(Repository.fromDisk(root).paths()).toEqual(['.gitignore', 'src/deep/a.ts']);
  });

  it('knows files and folders, and of a picture that it is there', () => {
    writeFileSync(join(root, 'src', 'picture.png'), '');
    const repository = Repository.fromDisk(root);
    const there = ['src', 'src/deep/', 'src/deep/a.ts', 'src/picture.png'];
    expect([...there, 'src/de', 'src/other.png'].filter((path) => repository.has(path))).toEqual(there);
    expect(repository.paths()).not.toContain('src/picture.png');
  });
});
