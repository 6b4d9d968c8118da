import { describe, expect, it } from '@jest/globals';
import { guarantees } from './guarantees.js';
import { Repository } from './repository.js';

const SPEC = 'libs/session/core/src/session.spec.ts';
const HEAD = '| id | promise | does not cover | tests |\n| --- | --- | --- | --- |\n';
const ROW = `| G9 | Ended is ended | a restored backup | [session](../${SPEC}) |\n`;
// The ids are put together here, or this file would itself be a test that bears them.
const bearing = (id: string) => `it('${id}: holds', () => undefined);`;

function faults(document: string, spec = bearing('G9')) {
  return guarantees.run(Repository.ofFiles({ 'docs/guarantees.md': HEAD + document, [SPEC]: spec }));
}

describe('the check of guarantees', () => {
  it('passes when rows and tests agree', () => {
    expect(faults(ROW)).toEqual([]);
  });

  it('finds titles of tables and of blocks', () => {
    expect(faults(ROW, "it.each([1])('G9: holds for %s', () => undefined);")).toEqual([]);
    expect(faults(ROW, "describe('G9', () => undefined);")).toEqual([]);
  });

  it('fails for a row without a test', () => {
    expect(faults(ROW, "it('holds', () => undefined); // G9")).toContainEqual(
      expect.stringContaining('no test bears G9'),
    );
  });

  it('fails for a test without a row', () => {
    expect(faults(ROW, bearing('G9') + bearing('G10'))).toEqual([expect.stringContaining('bears G10')]);
  });

  it('fails for a test that its row does not name', () => {
    expect(faults('| G9 | Ended is ended | backups | |\n')).toEqual([
      expect.stringContaining('nothing under "tests"'),
      expect.stringContaining(`does not name ${SPEC}`),
    ]);
  });

  it('fails for a row without limits, for a missing document and for one without rows', () => {
    expect(faults(`| G9 | Ended is ended | | [session](../${SPEC}) |\n`)).toHaveLength(1);
    expect(guarantees.run(Repository.ofFiles({}))).toHaveLength(1);
    expect(faults('', '')).toHaveLength(1);
  });
});
