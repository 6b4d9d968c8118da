import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { envelopeOf, newerThan, newestOf } from './envelope.js';

it('opens an envelope, and shows what its last writer wrote', () => {
  const envelope = { at: 1, 1: 'older', 2: 'newer, of before' };
  expect(envelopeOf(envelope)).toEqual(envelope);
  expect(newestOf(envelope)).toBe('older');
  expect(newerThan(1, envelope)).toEqual({ 2: 'newer, of before' });
  expect(newerThan(2, envelope)).toEqual({});
});

it.each([
  null,
  7,
  'text',
  [],
  [1, 2],
  {},
  { at: 1 },
  { at: 2, 1: 'x' },
  { at: '1', 1: 'x' },
  { at: 1, 1: 'x', more: true },
  { at: 0, 0: 'x' },
  { at: 1.5, 1.5: 'x' },
  { 1: 'x' },
])('takes %j, which is no envelope, for a value of version 1', (value) => {
  expect(newestOf(value)).toEqual(value);
});

it('opens whatever JSON is stored', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { at, ...copies } = envelopeOf(value);
      expect(Object.keys(copies)).toContain(String(at));
    }),
  );
});

it('carries the copies of newer versions on, and none of those up to its own', () => {
  const copies = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.jsonValue(), { minKeys: 1 });
  fc.assert(
    fc.property(copies, fc.nat(), fc.integer({ min: 0, max: 10 }), (held, pick, version) => {
      const versions = Object.keys(held);
      const at = Number(versions[pick % versions.length]);
      const envelope = envelopeOf(JSON.parse(JSON.stringify({ at, ...held })));
      expect(newestOf(envelope)).toEqual(JSON.parse(JSON.stringify(held[at])));
      const newer = newerThan(version, envelope);
      expect(Object.keys(newer)).toEqual(versions.filter((each) => Number(each) > version));
      expect({ ...envelope, ...newer }).toEqual(envelope);
    }),
  );
});
