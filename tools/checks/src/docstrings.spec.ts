import { describe, expect, it } from '@jest/globals';
import { docstrings } from './docstrings.js';
import { Repository } from './repository.js';

const INDEX = 'libs/a/src/index.ts';

describe('the check of docstrings', () => {
  it('follows exports to where they are declared', () => {
    const files = {
      [INDEX]: "export { documented as renamed, bare } from './x.js';",
      'libs/a/src/x.ts': '/** Says so. */ export const documented = 1; export function bare() {}',
    };
    expect(docstrings.run(Repository.ofFiles(files))).toEqual(['libs/a/src/x.ts: bare has no docstring']);
  });

  it('wants nothing of what stays inside, or comes from another package', () => {
    const files = {
      [INDEX]: "export { a } from './x.js'; export { z } from 'zod'; export type { T } from './x.js';",
      'libs/a/src/x.ts':
        '/** A. */ export const a = 1;\nexport const inside = 2;\n/** T. */\nexport type T = 1;',
    };
    expect(docstrings.run(Repository.ofFiles(files))).toEqual([]);
  });

  it('fails for a target that does not exist', () => {
    expect(docstrings.run(Repository.ofFiles({ [INDEX]: "export * from './none.js';" }))).toHaveLength(1);
  });

  it('takes one docstring for all overloads', () => {
    const text =
      '/** Says so. */ export function f(a: 1): 1; export function f(a: 2): 2; export function f(a: 1 | 2) { return a; }';
    const files = { [INDEX]: "export { f } from './x.js';", 'libs/a/src/x.ts': text };
    expect(docstrings.run(Repository.ofFiles(files))).toEqual([]);
  });
});
