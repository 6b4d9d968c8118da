import { expect, it } from '@jest/globals';
import { copyOf } from './population.js';

it('names copies of sessions as long as the originals, and nothing else', () => {
  expect(copyOf('hf:{AbCdEfGhIjKl}:s:xyz', 37)).toBe('hf:{000011GhIjKl}:s:xyz');
  expect(copyOf('sess:AbCdEfGhIj', 1)).toBe('sess:000001GhIj');
  expect(copyOf('active-sessions-AbCdEfGh', 1)).toBe('active-sessions-000001Gh');
  expect(copyOf('AbCd-f_hIj', 1)).toBe('000001_hIj');
  for (const key of ['hf:recon', 'hf:journal', 'hf:{registry}:members', 'hf:i:user-1']) {
    expect(copyOf(key, 1)).toBeUndefined();
  }
});
