import { describe, expect, it } from '@jest/globals';
import { imports } from './imports.js';
import { Repository } from './repository.js';

interface Changes {
  readonly source?: string;
  readonly spec?: string;
  readonly manifest?: object;
  readonly references?: readonly string[];
}

const SOURCE = "import { a } from '@x/a'; import { z } from 'zod/v4'; import 'node:fs'; import './y.js';";

function faults({
  source = SOURCE,
  spec = '',
  manifest = {},
  references = ['../a/tsconfig.lib.json'],
}: Changes = {}) {
  const refer = (paths: readonly string[]) => JSON.stringify({ references: paths.map((path) => ({ path })) });
  const b = { name: '@x/b', dependencies: { '@x/a': '1.0.0', zod: '^4.0.0' }, ...manifest };
  return imports.run(
    Repository.ofFiles({
      'package.json': JSON.stringify({ workspaces: ['libs/*'], devDependencies: { '@jest/globals': '30' } }),
      'libs/a/package.json': JSON.stringify({ name: '@x/a' }),
      'libs/a/tsconfig.lib.json': '{}',
      'libs/a/tsconfig.spec.json': refer(['./tsconfig.lib.json']),
      'libs/b/package.json': JSON.stringify(b),
      'libs/b/tsconfig.lib.json': refer(references),
      'libs/b/tsconfig.spec.json': refer(['./tsconfig.lib.json', ...references]),
      'libs/b/src/x.ts': source,
      'libs/b/src/x.spec.ts': spec,
    }),
  );
}

describe('the check of imports', () => {
  it('passes when imports, dependencies and references agree', () => {
    expect(faults({ spec: "import { it } from '@jest/globals';" })).toEqual([]);
  });

  it('takes what the user is to bring for declared', () => {
    const [dependencies, peerDependencies] = [{ zod: '^4.0.0' }, { '@x/a': '1.0.0' }];
    expect(faults({ manifest: { dependencies, peerDependencies } })).toEqual([]);
    expect(faults({ manifest: { dependencies, peerDependencies }, source: "import 'zod';" })).toEqual([
      expect.stringContaining('never imports it'),
    ]);
  });

  it('fails for an import that is not declared, in sources and in specs', () => {
    expect(faults({ source: `${SOURCE} import pg from 'pg';` })).toEqual([
      expect.stringContaining('imports pg'),
    ]);
    expect(faults({ source: `${SOURCE} await import('pg');` })).toEqual([
      expect.stringContaining('imports pg'),
    ]);
    expect(faults({ source: `${SOURCE} import '@jest/globals';` })).toHaveLength(1);
    expect(faults({ spec: "import pg from 'pg';" })).toEqual([expect.stringContaining('imports pg')]);
  });

  it('fails for a sister that is declared and not imported', () => {
    expect(faults({ source: "import 'zod';" })).toEqual([expect.stringContaining('never imports it')]);
    expect(faults({ source: '', spec: "import '@x/a';" })).toEqual([expect.stringContaining('only specs')]);
  });

  it('fails for a reference that is missing, or one too many', () => {
    expect(faults({ references: [] })).toHaveLength(2);
    expect(faults({ manifest: { dependencies: { zod: '^4.0.0' } }, source: "import 'zod';" })).toHaveLength(
      2,
    );
  });
});
