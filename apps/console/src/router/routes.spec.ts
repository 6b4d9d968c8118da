import { describe, expect, it } from '@jest/globals';
import { addressOf, nextOf, PAGES, placeOf } from './routes.js';

describe('addresses', () => {
  it.each(PAGES)('lead to the page %s and name it', (page) => {
    const { pathname, search } = new URL(
      addressOf(page, { user: 'a b', empty: '' }),
      'https://platform.test',
    );
    const place = placeOf(pathname, search);
    expect(place.page).toBe(page);
    expect([...place.query]).toEqual([['user', 'a b']]);
  });

  it('that name nothing lead nowhere', () => {
    expect(placeOf('/console/nothing', '').page).toBe('nowhere');
    expect(placeOf('/console/sessions/', '').page).toBe('sessions');
    expect(placeOf('/console/sessions/x', '').page).toBe('nowhere');
  });

  it('to go to after signing in are only ever the console’s own', () => {
    const next = (value: string) => nextOf(new URLSearchParams({ next: value }));
    expect(next('/console/sessions?user=1')).toBe('/console/sessions?user=1');
    for (const foreign of [
      'https://evil.test/console/',
      '//evil.test/console/',
      '/console//evil.test',
      '/auth/logout',
      'javascript:alert(1)',
      '/console/sign-in?next=x',
      '',
    ]) {
      expect([foreign, next(foreign)]).toEqual([foreign, '/console/']);
    }
  });
});
