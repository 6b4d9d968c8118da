import { mkdtempSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { lintFixtures } from './lint-fixtures.js';
import { Repository } from './repository.js';

const root = mkdtempSync(join(tmpdir(), 'lint-fixtures-'));
const folder = 'tools/checks/fixtures/lint';
mkdirSync(join(root, folder), { recursive: true });
writeFileSync(
  join(root, 'eslint.config.mjs'),
  "export default [{ files: ['**/*.ts'], rules: { 'no-console': 'error' } }];",
);

/** Plain JavaScript in the fixtures: this sample has no TypeScript parser. */
async function faults(text: string) {
  writeFileSync(join(root, folder, 'sample.ts'), text);
  return lintFixtures.run(Repository.fromDisk(root));
}

describe('the check of lint fixtures', () => {
  afterAll(() => rmSync(root, { recursive: true }));

  it('passes a fixture that its rule refuses, and one that it lets through', async () => {
    expect(await faults('// must fail: no-console\nconsole.log(1);')).toEqual([]);
    expect(await faults('// must pass: no-console\nexport const one = 1;')).toEqual([]);
  });

  it('fails when the rule lets it through, or is not there', async () => {
    expect(await faults('// must fail: no-console\nexport const one = 1;')).toHaveLength(1);
    expect(await faults('// must fail: no-alert\nalert(1);')).toHaveLength(1);
  });

  it('fails when the rule refuses what must pass', async () => {
    expect(await faults('// must pass: no-console\nconsole.log(1);')).toHaveLength(1);
  });

  it('fails for a fixture that says nothing or cannot be parsed, and for none at all', async () => {
    expect(await faults('console.log(1);')).toHaveLength(1);
    expect(await faults('// must fail: no-console\nconsole.log(;')).toEqual([
      expect.stringContaining('cannot be linted'),
    ]);
    expect(await lintFixtures.run(Repository.ofFiles({}))).toHaveLength(1);
  });
});
