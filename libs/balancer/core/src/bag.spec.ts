import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Bag, type Place } from './bag.js';

describe('Bag', () => {
  it('holds what was added and not taken out, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(40), { nil: undefined })), (steps) => {
        const bag = new Bag<number>();
        const places: Place<number>[] = [];
        const model = new Set<number>();
        for (const [number, taken] of steps.entries()) {
          if (taken === undefined) {
            places.push(bag.add(number));
            model.add(number);
          } else {
            const place = places[taken];
            if (place) expect(bag.remove(place)).toBe(model.delete(place.value));
          }
          expect([...bag.values()].sort((one, other) => one - other)).toEqual([...model]);
          expect(bag.size).toBe(model.size);
        }
      }),
    );
  });

  it('takes out all that something is true of', () => {
    const bag = new Bag<number>();
    const places = [1, 2, 3, 4, 5].map((value) => bag.add(value));
    bag.removeWhere((value) => value % 2 === 1);
    expect([...bag.values()].sort()).toEqual([2, 4]);
    expect(places.map((place) => bag.remove(place))).toEqual([false, true, false, true, false]);
    expect(bag.size).toBe(0);
  });
});
