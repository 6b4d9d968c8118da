import { describe, expect, it } from '@jest/globals';
import { documents } from './documents.js';
import { Repository } from './repository.js';

function faults(readme: string, files: Record<string, string> = {}) {
  const manifest = JSON.stringify({ scripts: { start: 'x', 'test:all': 'x' } });
  return documents.run(Repository.ofFiles({ 'package.json': manifest, 'README.md': readme, ...files }));
}

describe('the check of documents', () => {
  it('passes what exists', () => {
    const readme =
      '[guide](docs/a.md#part), [site](https://x.example), `npm start`, `npm run test:all`, `docs/`';
    expect(faults(readme, { 'docs/a.md': '[back](../README.md)' })).toEqual([]);
  });

  it('fails for a link, a path and a script that do not exist', () => {
    expect(faults('[guide](docs/b.md) and `libs/none/` and `npm run nothing`')).toHaveLength(3);
    expect(faults('', { 'docs/a.md': '[back](README.md)' })).toEqual([
      expect.stringContaining('docs/README.md'),
    ]);
  });

  it('fails for a long README and for none', () => {
    expect(faults('x\n'.repeat(200))).toEqual([]);
    expect(faults('x\n'.repeat(201))).toEqual([expect.stringContaining('201 lines')]);
    expect(documents.run(Repository.ofFiles({}))).toEqual(['README.md is missing']);
  });
});
