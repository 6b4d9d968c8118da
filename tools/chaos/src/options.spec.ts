import { describe, expect, it } from '@jest/globals';
import { STORE_FAULTS } from './faults.js';
import { GATEWAY_FAULTS } from './gateway/gateway-faults.js';
import { readChaosCall, type ChaosCall } from './options.js';

const FAULTS = { store: STORE_FAULTS, gateway: GATEWAY_FAULTS };

const call = (...argv: string[]): ChaosCall => {
  const read = readChaosCall(argv, FAULTS);
  if (typeof read === 'string') throw new Error(read);
  return read;
};

describe('the command line of the chaos tool', () => {
  it('runs every fault for 20 s and writes the document', () => {
    for (const target of ['store', 'gateway'] as const) {
      const names = FAULTS[target].map(({ name }) => name);
      expect(call(target)).toEqual({ target, names, underLoadMs: 20_000, isWhole: true });
    }
  });

  it('runs a part in the usual order, and writes nothing then', () => {
    const { names, isWhole } = call('store', '--only', 'hung, killed');
    expect(names).toEqual(['killed', 'hung']);
    expect(isWhole).toBe(false);
    expect(call('store', '--seconds', '20').isWhole).toBe(false);
  });

  it.each([
    [[], /Say what is to fail/],
    [['moon'], /Say what is to fail/],
    [['gateway', '--only', 'killed'], /no fault "killed"; there is: instance, hung/],
    [['store', '--only', 'killed,earthquake'], /no fault "earthquake"; there is: killed, hung/],
    [['store', '--seconds', 'long'], /--seconds must be from 1 to 600; it is "long"/],
    [['store', '--seconds', '0'], /--seconds must be/],
    [['store', '--loud'], /Unknown option '--loud'/],
  ])('says what is wrong with %j', (argv, sentence) => {
    expect(readChaosCall(argv, FAULTS)).toMatch(sentence);
  });

  it('names each fault once', () => {
    for (const faults of Object.values(FAULTS)) {
      expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    }
  });
});
