import { describe, expect, it } from '@jest/globals';
import { deviceName, placeName } from './device.js';
import { money } from './money.js';
import { bytes, percent, percentile, plural, rate, shortId } from './number.js';
import { clock, duration, relativeTime } from './time.js';

const NOW = Date.parse('2026-11-21T09:30:00.000Z');
const MINUTE = 60_000;

describe('times', () => {
  it('are told from now, in the largest unit that fits', () => {
    expect(relativeTime(NOW, NOW)).toBe('just now');
    expect(relativeTime(NOW + 30_000, NOW)).toBe('in a moment');
    expect(relativeTime(NOW - 3 * MINUTE, NOW)).toBe('3 minutes ago');
    expect(relativeTime(NOW + 119 * MINUTE, NOW)).toBe('in 1 hour');
    expect(relativeTime(NOW - 24 * 60 * MINUTE, NOW)).toBe('yesterday');
    expect(relativeTime(NOW + 30 * 24 * 60 * MINUTE, NOW)).toBe('in 30 days');
  });

  it('of a span show as much as matters', () => {
    expect([0.42, 12.4, 1_400, 3 * MINUTE, 12 * 60 * MINUTE].map(duration)).toEqual([
      '0.4 ms',
      '12 ms',
      '1.4 s',
      '3 min',
      '12 h',
    ]);
  });

  it('of day have two digits each, and three of milliseconds', () => {
    const at = new Date(2026, 10, 21, 9, 5, 7, 8).getTime();
    expect(clock(at)).toBe('09:05:07');
    expect(clock(at, true)).toBe('09:05:07.008');
  });
});

describe('rates and shares', () => {
  it('have as many digits as matter, and are never nothing where there is something', () => {
    expect([0, 0.1, 3.44, 9.94, 9.96, 123.4].map(rate)).toEqual(['0', '0.1', '3.4', '9.9', '10', '123']);
    expect([0, 0.0001, 0.01, 0.104, 1].map(percent)).toEqual(['0 %', 'under 1 %', '1 %', '10 %', '100 %']);
  });
});

describe('money', () => {
  it('is written in the currency, with as many digits as that has', () => {
    expect(money(1_450, 'EUR', 'en')).toBe('€14.50');
    expect(money(1_450, 'JPY', 'en')).toBe('¥1,450');
  });
});

describe('numbers', () => {
  it('agree with their nouns', () => {
    expect([plural(1, 'session'), plural(0, 'session'), plural(2, 'person', 'people')]).toEqual([
      '1 session',
      '0 sessions',
      '2 people',
    ]);
  });

  it('have percentiles by nearest rank, whatever their order', () => {
    const values = [5, 1, 4, 2, 3];
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile([], 0.5)]).toEqual([
      3,
      5,
      undefined,
    ]);
    expect(values).toEqual([5, 1, 4, 2, 3]);
  });

  it('of bytes are read by people', () => {
    expect([0, 999, 1_400, 2_500_000].map(bytes)).toEqual(['0 B', '999 B', '1.4 kB', '2.5 MB']);
  });

  it('that are ids are cut in the middle, short ones not at all', () => {
    expect(shortId('7f0a4a52-6f0e-4a53-9d4c-0a3c8f9d2b11')).toBe('7f0a4a52…2b11');
    expect(shortId('order-1')).toBe('order-1');
  });
});

describe('devices', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
      'Firefox on Linux',
      'computer',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge on Windows',
      'computer',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
      'phone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
      'phone',
    ],
    ['curl/8.5.0', 'curl', 'program'],
    ['', 'Unknown device', 'program'],
    ['x'.repeat(300), 'x'.repeat(40), 'program'],
  ] as const)('%s is %s', (userAgent, name, kind) => {
    expect(deviceName(userAgent)).toEqual({ name, kind });
  });

  it('on this machine say so', () => {
    expect(['127.0.0.1', '::1', '203.0.113.7', ''].map(placeName)).toEqual([
      '127.0.0.1 (this machine)',
      '::1 (this machine)',
      '203.0.113.7',
      'unknown place',
    ]);
  });
});
