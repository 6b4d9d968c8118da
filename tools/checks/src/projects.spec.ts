import { describe, expect, it } from '@jest/globals';
import { projects } from './projects.js';
import { Repository } from './repository.js';

const MANIFEST = {
  name: '@x/a',
  version: '1.0.0',
  license: 'Apache-2.0',
  dependencies: { zod: '^4.0.0' },
  nx: { tags: ['layer:core', 'scope:session'] },
};

function faults(a: object = {}, b: object = {}) {
  const files = {
    'package.json': { license: 'Apache-2.0', workspaces: ['libs/*'] },
    'libs/a/package.json': { ...MANIFEST, ...a },
    'libs/b/package.json': { ...MANIFEST, name: '@x/b', dependencies: { '@x/a': '1.0.0' }, ...b },
    'tsconfig.json': { references: [{ path: './libs/a' }, { path: './libs/b' }] },
  };
  const texts = Object.entries(files).map(([path, content]) => [path, JSON.stringify(content)]);
  return projects.run(
    Repository.ofFiles({
      ...(Object.fromEntries(texts) as Record<string, string>),
      LICENSE: 'Apache License\n Version 2.0',
    }),
  );
}

describe('the check of projects', () => {
  it('passes when all agree', () => {
    expect(faults()).toEqual([]);
  });

  it.each([
    ['no licence', { license: undefined }, 'license'],
    ['another licence', { license: 'MIT' }, 'license'],
    ['no layer', { nx: { tags: ['scope:session'] } }, 'layer:'],
    ['an unknown scope', { nx: { tags: ['layer:core', 'scope:misc'] } }, 'scope:'],
    ['two layers', { nx: { tags: ['layer:core', 'layer:nest', 'scope:session'] } }, 'layer:'],
  ])('fails for %s', (_what, change, expected) => {
    expect(faults(change)).toContainEqual(expect.stringContaining(expected));
  });

  it('fails for two ranges of one package, and for a sister of another version', () => {
    expect(faults({}, { dependencies: { zod: '^4.1.0' } })).toEqual([expect.stringContaining('choose one')]);
    expect(faults({}, { dependencies: { '@x/a': '^1.0.0' } })).toEqual([
      expect.stringContaining('which is 1.0.0'),
    ]);
  });

  it('fails for a project that the solution does not list, and for no licence text', () => {
    const files = {
      'package.json': '{"license":"Apache-2.0","workspaces":["libs/*"]}',
      'libs/a/package.json': JSON.stringify(MANIFEST),
    };
    expect(projects.run(Repository.ofFiles(files))).toEqual([
      expect.stringContaining('LICENSE'),
      expect.stringContaining('does not list libs/a'),
    ]);
  });
});
