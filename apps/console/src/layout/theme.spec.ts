import { describe, expect, it } from '@jest/globals';
import { nextTheme } from './theme.js';

describe('the theme', () => {
  it('goes from what the system says to light, to dark, and back', () => {
    expect([nextTheme('auto'), nextTheme('light'), nextTheme('dark')]).toEqual(['light', 'dark', 'auto']);
  });
});
