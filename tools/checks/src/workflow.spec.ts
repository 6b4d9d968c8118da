import { describe, expect, it } from '@jest/globals';
import { Repository } from './repository.js';
import { workflow } from './workflow.js';

const WORKFLOW = `on: { push: {}, schedule: [{ cron: '0 3 * * *' }] }
permissions: { contents: read }
concurrency: { group: ci }
jobs:
  test:
    timeout-minutes: 30
    strategy: { matrix: { node: [20, 22, 24] } }
    steps:
      - uses: actions/checkout@v5
      - run: .ci/run
`;

function faults(from = '', to = '') {
  return workflow.run(Repository.ofFiles({ '.github/workflows/ci.yml': WORKFLOW.replace(from, to) }));
}

describe('the check of the workflow', () => {
  it('passes a modest one', () => {
    expect(faults()).toEqual([]);
  });

  it.each([
    ['more permissions', 'contents: read', 'contents: write', 'permissions'],
    ['a Node that is left out', '20, 22', '20', 'Node 22'],
    ['an action that moves', '@v5', '@main', 'pin it'],
    ['no night', ", schedule: [{ cron: '0 3 * * *' }]", '', 'night'],
    ['no time limit', '    timeout-minutes: 30\n', '', 'timeout-minutes'],
    ['other tests than ours', '.ci/run', 'npm test', 'does not run on Node 20'],
  ])('fails for %s', (_what, from, to, expected) => {
    expect(faults(from, to)).toContainEqual(expect.stringContaining(expected));
  });

  it('fails when there is none', () => {
    expect(workflow.run(Repository.ofFiles({}))).toHaveLength(1);
  });
});
