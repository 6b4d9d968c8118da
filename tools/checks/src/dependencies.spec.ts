import { describe, expect, it } from '@jest/globals';
import { dependencies } from './dependencies.js';
import { Repository } from './repository.js';

const manifest = (name: string, packages: Record<string, string>) =>
  JSON.stringify({ name, workspaces: ['libs/*'], dependencies: packages });

function run(row: string, packages: Record<string, string>): ReturnType<typeof dependencies.run> {
  return dependencies.run(
    Repository.ofFiles({
      'package.json': JSON.stringify({ workspaces: ['libs/*'], devDependencies: { '@types/zod': '1' } }),
      'libs/a/package.json': manifest('@holdfast/a', { ...packages, '@holdfast/a': '1' }),
      'docs/reference/dependencies.md': `| package | because |\n| --- | --- |\n${row}\n`,
    }),
  );
}

describe('the check of dependencies', () => {
  it('passes when each has its reason', () => {
    expect(run('| `zod`, `pino` | they are good |', { zod: '1', pino: '1' })).toEqual([]);
  });

  it('fails for one without a reason and for a reason without one', () => {
    expect(run('| `zod` | it is good |', { zod: '1', pino: '1' })).toEqual([
      'docs/reference/dependencies.md: pino has no reason',
    ]);
    expect(run('| `zod`, `pino` | good |', { zod: '1' })).toEqual([
      'docs/reference/dependencies.md: nothing depends on pino',
    ]);
  });
});
