import { describe, expect, it } from '@jest/globals';
import { entryPoints, naming } from './naming.js';
import { Repository } from './repository.js';

describe('the check of names', () => {
  it('passes kebab-case with role suffixes', () => {
    const files = { 'apps/order/src/cart/cart.controller.ts': '', 'libs/a/src/x-y.integration.spec.ts': '' };
    expect(naming.run(Repository.ofFiles(files))).toEqual([]);
  });

  it('fails for other case and for folders named for nothing', () => {
    expect(naming.run(Repository.ofFiles({ 'libs/a/src/SessionStore.ts': '' }))).toHaveLength(1);
    expect(naming.run(Repository.ofFiles({ 'libs/a/src/utils/x.ts': '' }))).toHaveLength(1);
  });
});

describe('the check of entry points', () => {
  const run = (main: Record<string, string>) =>
    entryPoints.run(Repository.ofFiles({ 'apps/auth/package.json': '{}', ...main }));

  it('passes twenty lines and fails for more, or for none', () => {
    expect(run({ 'apps/auth/src/main.ts': 'x\n'.repeat(20) })).toEqual([]);
    expect(run({ 'apps/auth/src/main.ts': 'x\n'.repeat(21) })).toHaveLength(1);
    expect(run({})).toEqual(['apps/auth/src/main.ts is missing']);
  });
});
