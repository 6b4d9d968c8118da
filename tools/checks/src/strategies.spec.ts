import { describe, expect, it } from '@jest/globals';
import { Repository } from './repository.js';
import { strategyFaults, type Declarations } from './strategies.js';

const all = { declared: ['G1', 'G2'], absent: {} };
const DECLARED: Declarations = {
  token: { declared: ['G1'], absent: { G5: 'there is no store' } },
  store: all,
  hybrid: all,
};
const HEAD = '| guarantee | token | store | hybrid |\n| --- | --- | --- | --- |\n';

function faults(rows: string, declarations: Partial<Declarations> = {}) {
  const repository = Repository.ofFiles({ 'docs/guarantees.md': HEAD + rows });
  return strategyFaults(repository, { ...DECLARED, ...declarations });
}

describe('the check of strategies', () => {
  const declarations = { token: { declared: ['G1'], absent: { G2: 'there is no `store`' } } };

  it('passes where the page says what the code says', () => {
    const rows = '| G1 | yes | yes | yes |\n| G2 | there is no `store` | yes | yes |\n';
    expect(faults(rows, { token: { declared: ['G1'], absent: { G2: 'there is no store' } } })).toEqual([]);
  });

  it('fails for a guarantee that is declared on one side only', () => {
    expect(faults('| G1 | yes | yes | yes |\n', declarations)).toEqual([expect.stringContaining('G2')]);
    const other = '| G1 | yes | no | yes |\n| G2 | yes | yes | yes |\n';
    expect(faults(other, declarations)).toHaveLength(2);
  });

  it('fails for one that the code does not know', () => {
    expect(
      faults('| G1 | yes | yes | yes |\n| G2 | yes | yes | yes |\n| G99 | yes | yes | yes |\n', {
        token: all,
      }),
    ).toHaveLength(3);
  });
});
