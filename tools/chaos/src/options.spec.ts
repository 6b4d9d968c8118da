import { describe, expect, it } from '@jest/globals';
import { STORE_FAULTS } from './faults.js';
import { readChaosCall, type ChaosCall } from './options.js';

const call = (...argv: string[]): ChaosCall => {
  const read = readChaosCall(argv, STORE_FAULTS);
  if (typeof read === 'string') throw new Error(read);
  return read;
};

describe('the command line of the chaos tool', () => {
  it('runs every fault for 20 s and writes the document', () => {
    expect(call('store')).toEqual({ faults: STORE_FAULTS, underLoadMs: 20_000, isWhole: true });
  });

  it('runs a part in the usual order, and writes nothing then', () => {
    const { faults, isWhole } = call('store', '--only', 'hung, killed');
    expect(faults.map(({ name }) => name)).toEqual(['killed', 'hung']);
    expect(isWhole).toBe(false);
    expect(call('store', '--seconds', '20').isWhole).toBe(false);
  });

  it.each([
    [[], /Say what is to fail/],
    [['gateway'], /Say what is to fail/],
    [['store', '--only', 'killed,earthquake'], /no fault "earthquake"; there is: killed, hung/],
    [['store', '--seconds', 'long'], /--seconds must be from 1 to 600; it is "long"/],
    [['store', '--seconds', '0'], /--seconds must be/],
    [['store', '--loud'], /Unknown option '--loud'/],
  ])('says what is wrong with %j', (argv, sentence) => {
    expect(readChaosCall(argv, STORE_FAULTS)).toMatch(sentence);
  });

  it('names each fault once', () => {
    expect(new Set(STORE_FAULTS.map(({ name }) => name)).size).toBe(STORE_FAULTS.length);
  });
});
