import { describe, expect, it } from '@jest/globals';
import { looksFor, readOptions } from './options.js';

describe('the options of the screenshots', () => {
  it('take two pictures of every page into docs/images, if nothing else is said', () => {
    expect(readOptions([])).toEqual({ folder: 'docs/images', all: false, pages: [] });
    expect(looksFor({ all: false }).map(({ width, theme }) => `${width} ${theme}`)).toEqual([
      '1440 light',
      '375 dark',
    ]);
  });

  it('take all four of the pages that are named, where they are wanted', () => {
    expect(readOptions(['shop', '--out', 'elsewhere', '--all', 'audit'])).toEqual({
      folder: 'elsewhere',
      all: true,
      pages: ['shop', 'audit'],
    });
    expect(looksFor({ all: true })).toHaveLength(4);
  });
});
