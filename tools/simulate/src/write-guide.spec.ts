import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { POLICY_NAMES } from '@holdfast/balancer-core';
import { POLICIES } from './policies.js';
import { guideFiles } from './write-guide.js';

const guides = fileURLToPath(new URL('../../../docs/guides/', import.meta.url));

describe('docs/guides/balancing.md', () => {
  let files: Readonly<Record<string, string>>;
  // Two seconds of work, on a machine that may have other work to do.
  beforeAll(() => void (files = guideFiles()), 60_000);

  it.each(['balancing.md', 'balancing-one-slow.svg', 'balancing-fails-fast.svg', 'balancing-cut-off.svg'])(
    'says what the simulator says: %s (npm run simulate writes it)',
    (name) => {
      expect(readFileSync(`${guides}${name}`, 'utf8')).toBe(files[name]);
    },
  );

  it('has no picture that the test does not know', () => {
    expect(Object.keys(files)).toHaveLength(4);
  });

  it('explains every policy', () => {
    expect(POLICIES.map(({ name }) => name)).toEqual(POLICY_NAMES);
  });
});
