import { describe, expect, it } from '@jest/globals';
import { errorCodeFaults } from './error-codes.js';
import { Repository } from './repository.js';

const TABLE = { ERR_GONE: { status: 410, remedy: 'Ask for `another`.' } };
const HEAD = '| code | status | cause | way out |\n| --- | --- | --- | --- |\n';

function faults(rows: string, files: Record<string, string> = {}) {
  return errorCodeFaults(Repository.ofFiles({ 'docs/reference/errors.md': HEAD + rows, ...files }), TABLE);
}

describe('the check of error codes', () => {
  it('passes when the reference says what the code says, and more', () => {
    expect(faults('| `ERR_GONE` | 410 | it went | Ask for `another`. Or wait. |')).toEqual([]);
  });

  it('fails for a code that is missing or invented', () => {
    expect(faults('')).toEqual([expect.stringContaining('ERR_GONE is missing')]);
    expect(faults('| `ERR_NEW` | 400 | x | y |')).toHaveLength(2);
  });

  it('fails for another status, no cause and another way out', () => {
    expect(faults('| `ERR_GONE` | 404 | | Give up. |')).toHaveLength(3);
  });

  it('fails for an error class whose code is in no table', () => {
    const files = { 'libs/a/src/errors.ts': "export class E { readonly code = 'ERR_STRAY'; }" };
    const rows = '| `ERR_GONE` | 410 | it went | Ask for another. |\n';
    expect(faults(rows, files)).toEqual([expect.stringContaining('ERR_STRAY')]);
    const atStart =
      '\n| code | cause | way out |\n| --- | --- | --- |\n| `ERR_STRAY` | a fault | Correct it. |\n';
    expect(faults(rows + atStart, files)).toEqual([]);
  });

  it.each([
    ['of a literal that is fixed', "class E { readonly code = 'ERR_STRAY' as const; }"],
    ['of several', "class E { constructor(readonly code: 'ERR_GONE' | 'ERR_STRAY') {} }"],
    ['of a type', "type StrayCode = 'ERR_STRAY';"],
    ['of a parameter', "class E { constructor(readonly code = 'ERR_STRAY') {} }"],
  ])('fails for a code %s that is in no table', (_what, source) => {
    const rows = '| `ERR_GONE` | 410 | it went | Ask for another. |\n';
    for (const path of ['libs/a/src/errors.ts', 'tools/a/src/errors.ts']) {
      expect(faults(rows, { [path]: source })).toEqual([expect.stringContaining('ERR_STRAY')]);
    }
    expect(faults(rows, { 'libs/a/src/errors.spec.ts': source })).toEqual([]);
  });

  it('fails for a library that answers with another status', () => {
    const rows = '| `ERR_GONE` | 410 | it went | Ask for another. |\n';
    const answering = (status: number) => ({ 'libs/a/src/a.ts': `const STATUS = { ERR_GONE: ${status} };` });
    expect(faults(rows, answering(404))).toEqual([expect.stringContaining('the status of ERR_GONE is 410')]);
    expect(faults(rows, answering(410))).toEqual([]);
  });
});
