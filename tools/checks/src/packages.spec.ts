import { describe, expect, it } from '@jest/globals';
import { packages } from './packages.js';
import { Repository } from './repository.js';

const MANIFEST = {
  name: '@x/a',
  version: '1.0.0',
  description: 'A thing.',
  keywords: ['thing'],
  type: 'module',
  engines: { node: '>=20' },
  sideEffects: false,
  files: ['dist', 'src', '!dist/spec', '!**/*.spec.ts', '!src/spec', '!**/*.tsbuildinfo'],
  exports: {
    './package.json': './package.json',
    '.': { '@holdfast/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
  },
  publishConfig: { access: 'public' },
  scripts: { prepack: 'tsc --build tsconfig.lib.json' },
};

function faults(changes: object = {}, files: Readonly<Record<string, string>> = {}) {
  return packages.run(
    Repository.ofFiles({
      'package.json': JSON.stringify({ workspaces: ['libs/*'], engines: { node: '>=20' } }),
      LICENSE: 'free',
      'libs/a/package.json': JSON.stringify({ ...MANIFEST, ...changes }),
      'libs/a/LICENSE': 'free',
      'libs/a/README.md': '[more](../../docs/more.md)',
      'libs/a/src/index.ts': "import 'zod'; import '@x/b';",
      'libs/b/package.json': JSON.stringify({ name: '@x/b', private: true }),
      ...files,
    }),
  );
}

describe('the check of packages', () => {
  it('passes a package that can be published, and says nothing of private ones', () => {
    expect(faults()).toEqual([]);
    expect(faults({ peerDependencies: { zod: '^4.0.0' } })).toEqual([]);
    expect(faults({ dependencies: { zod: '^4.0.0' } })).toEqual([]);
  });

  it.each(['description', 'keywords', 'type', 'engines', 'sideEffects', 'publishConfig', 'scripts', 'files'])(
    'fails without %s',
    (field) => {
      expect(faults({ [field]: undefined })).toEqual([expect.stringContaining('needs')]);
    },
  );

  it('fails for an export that nothing builds, has no types or stands in the wrong order', () => {
    expect(faults({ exports: {} })).toEqual([expect.stringContaining('exports nothing')]);
    const { types, ...others } = MANIFEST.exports['.'];
    expect(faults({ exports: { '.': others } })).toHaveLength(1);
    expect(faults({ exports: { '.': { ...others, types } } })).toHaveLength(1);
    const gone = { ...MANIFEST.exports['.'], default: './dist/gone.js' };
    expect(faults({ exports: { '.': gone } })).toEqual([expect.stringContaining('./dist/gone.js')]);
  });

  it('fails for what is private, needed as a dependency or brought by the user', () => {
    expect(faults({ dependencies: { '@x/b': '1.0.0' } })).toEqual([expect.stringContaining('private')]);
    expect(faults({ peerDependencies: { '@x/b': '1.0.0' } })).toEqual([expect.stringContaining('private')]);
  });

  it('fails for what is installed and never imported', () => {
    expect(faults({ dependencies: { pg: '^8.0.0' } })).toEqual([expect.stringContaining('never imports')]);
  });

  it('fails for two versions, another licence, and a README that is missing or leads nowhere', () => {
    const other = { ...MANIFEST, name: '@x/c', version: '2.0.0' };
    const c = {
      'libs/c/package.json': JSON.stringify(other),
      'libs/c/LICENSE': 'free',
      'libs/c/README.md': '[more](../../docs/more.md)',
      'libs/c/src/index.ts': '',
    };
    expect(faults({}, c)).toEqual([expect.stringContaining('several versions')]);
    expect(faults({}, { 'libs/a/LICENSE': 'mine' })).toHaveLength(1);
    expect(faults({}, { 'libs/a/README.md': 'Nothing.' })).toHaveLength(1);
    expect(faults({ private: true }, c)).toEqual([]);
  });
});
