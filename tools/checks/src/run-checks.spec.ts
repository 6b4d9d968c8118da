import { describe, expect, it } from '@jest/globals';
import type { Check } from './check.js';
import { Repository } from './repository.js';
import { report, runChecks } from './run-checks.js';

const check = (name: string, run: Check['run']): Check => ({ name, fact: 'it holds', run });

describe('running checks', () => {
  it('reports each fault, and a check that breaks as one', async () => {
    const checks = [
      check('good', () => []),
      check('bad', () => ['a: wrong']),
      check('broken', () => Promise.reject(new Error('no such file'))),
    ];
    const text = report(await runChecks(checks, Repository.ofFiles({})));
    expect(text.split('\n')).toEqual([
      '✓ good: it holds',
      '✗ bad: it holds',
      '    a: wrong',
      '✗ broken: it holds',
      '    cannot run: no such file',
      'Checks: 1 passed, 2 failed',
    ]);
  });
});
