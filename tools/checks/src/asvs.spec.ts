import { describe, expect, it } from '@jest/globals';
import { asvs, asvsFaults, REQUIREMENTS } from './asvs.js';
import { Repository } from './repository.js';

const SPEC = 'libs/session/core/src/session.spec.ts';
const NAME = 'ends what it began';
const HEAD = '| id | level | requirement | how | tests |\n| --- | --- | --- | --- | --- |\n';
const row = (id: string, changes: { level?: number; how?: string; tests?: string } = {}) => {
  const { level = 1, how = 'so', tests = `[${NAME}](../../${SPEC})` } = changes;
  return `| ${id} | ${level} | end it | ${how} | ${tests} |\n`;
};
const TWO = { '7.2.1': 1, '9.1.1': 1 };
const BOTH = row('7.2.1') + row('9.1.1');

function faults(rows: string, spec = `it('${NAME}', () => undefined);`) {
  const files = { 'docs/reference/asvs.md': HEAD + rows, [SPEC]: spec };
  return asvsFaults(Repository.ofFiles(files), TWO);
}

describe('the check of ASVS', () => {
  it('knows the 19 requirements of V7 and the 7 of V9', () => {
    const ids = Object.keys(REQUIREMENTS);
    expect(ids.filter((id) => id.startsWith('7.'))).toHaveLength(19);
    expect(ids.filter((id) => id.startsWith('9.'))).toHaveLength(7);
    expect(asvs.run(Repository.ofFiles({ 'docs/reference/asvs.md': HEAD }))).toHaveLength(26);
  });

  it('passes when each requirement has one row with a test that exists', () => {
    expect(faults(BOTH)).toEqual([]);
    expect(faults(BOTH, `describe.each([1])('${NAME}', () => undefined);`)).toEqual([]);
  });

  it('fails for a requirement that is missing, there twice, or not of these chapters', () => {
    expect(faults(row('7.2.1'))).toEqual([expect.stringContaining('9.1.1 is missing')]);
    expect(faults(BOTH + row('9.1.1'))).toEqual([expect.stringContaining('9.1.1 has 2 rows')]);
    expect(faults(BOTH + row('7.9.9'))).toEqual([expect.stringContaining('7.9.9 is no requirement')]);
  });

  it('fails for another level, and for a row that does not say how', () => {
    expect(faults(row('7.2.1', { level: 2 }) + row('9.1.1', { how: '' }))).toEqual([
      expect.stringContaining('7.2.1 is of level 1'),
      expect.stringContaining('9.1.1 says nothing under "how"'),
    ]);
  });

  it('fails for a row without a test, with a spec or with a test that does not exist', () => {
    expect(faults(row('7.2.1') + row('9.1.1', { tests: 'by hand' }))).toEqual([
      expect.stringContaining('9.1.1 names no test'),
    ]);
    const gone = `[${NAME}](../../libs/gone.spec.ts)`;
    expect(faults(row('7.2.1') + row('9.1.1', { tests: gone }))).toEqual([
      expect.stringContaining('libs/gone.spec.ts, which does not exist'),
    ]);
    expect(faults(BOTH, `// it('${NAME}')\nit('${NAME} and more', () => undefined);`)).toHaveLength(2);
  });

  it('fails when there is no document', () => {
    expect(asvsFaults(Repository.ofFiles({}), TWO)).toEqual([expect.stringContaining('is missing')]);
  });
});
