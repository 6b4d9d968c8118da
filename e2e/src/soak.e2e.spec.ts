import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FleetControl } from '@holdfast/chaos';
import { describe as tell, soak, type SoakResult } from '@holdfast/soak';
import { everybodyReady } from './fleet.js';

const IS_LONG = process.env['TEST_LONG'] === '1';
/** Another one each night: what it was is in the name of whatever fails. */
const SEED = IS_LONG ? Date.now() % 2 ** 32 : 7;
const SOAKED_FOR_MS = IS_LONG ? 180_000 : 8_000;
const REST_MS = 1_000;
const TIMEOUT_MS = 420_000;
// Connections are cut, instances are stalled and killed all the time, and a Redis node falls at least once.
const CLIMATE = { passing: { least: 200, most: 1_500 }, store: { least: 500, most: 3_000 } };
const home = process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast';

afterAll(async () => {
  await new FleetControl(home).whole(REST_MS);
  await everybodyReady();
}, TIMEOUT_MS);

describe(`many clients on all instances, while faults strike (seed ${SEED})`, () => {
  let result: SoakResult;

  beforeAll(async () => {
    await new FleetControl(home).whole(REST_MS);
    result = await soak(home, { seed: SEED, forMs: SOAKED_FOR_MS, users: 4, climate: CLIMATE });
  }, TIMEOUT_MS);

  const broken = (...rules: readonly string[]) =>
    result.violations.filter(({ rule }) => rules.includes(rule)).map(tell);

  it('G9: nothing that was ended is accepted after its acknowledgement, and nothing comes back', () => {
    expect(broken('accepted-after-end', 'came-back')).toEqual([]);
  });

  it('G10: no acknowledged write is missing, counts are exact, and neither goes back', () => {
    expect(broken('lost-write', 'phantom-write', 'lost-add', 'surplus-add', 'went-back')).toEqual([]);
  });

  it('G6, G11: nobody is taken for a thief, and a refresh token has one successor', () => {
    expect(broken('thief', 'two-successors', 'other-session')).toEqual([]);
  });

  it('G5: nobody is signed out whose session nothing has ended, and all is answered afterwards', () => {
    expect(broken('signed-out', 'wrong-refusal', 'unanswered')).toEqual([]);
  });

  it('has really done all of it, at every instance', () => {
    const { operations, faults } = result.history;
    const done = operations.filter(({ outcome }) => outcome === 'ok');
    const kinds = ['add', 'begin', 'end', 'read', 'refresh', 'write'];
    expect([...new Set(done.map(({ kind }) => kind))]).toEqual(expect.arrayContaining(kinds));
    const places = ['gateway', 'auth-1', 'auth-2', 'user-1', 'user-2', 'order-1', 'order-2'];
    expect([...new Set(done.map(({ at }) => at))]).toEqual(expect.arrayContaining(places));
    expect(operations.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(0);
    expect(faults.length).toBeGreaterThan(2);
    expect(result.violations).toEqual([]);
  });
});
