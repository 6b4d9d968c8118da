import { describe, expect, it } from '@jest/globals';
import { Instance } from './instance.js';
import { DEFAULT_HEALTH_SETTINGS } from './instance-health.js';
import { makePolicy, POLICY_NAMES, type PolicyName } from './policy-names.js';
import { parsePolicySetting } from './policy-setting.js';
import { member, seeded } from './spec/fakes.js';

const ALLOWED = 'there is: round-robin, weighted, least-request, p2c, p2c-ewma, rendezvous';

describe('parsePolicySetting', () => {
  it('reads one policy for all', () => {
    expect(parsePolicySetting('least-request')).toEqual({ byDefault: 'least-request', byService: new Map() });
  });

  it('reads policies of single services; who is not named gets the default', () => {
    expect(parsePolicySetting('p2c, order=rendezvous,user=weighted')).toEqual({
      byDefault: 'p2c',
      byService: new Map([
        ['order', 'rendezvous'],
        ['user', 'weighted'],
      ]),
    });
    expect(parsePolicySetting('order=p2c').byDefault).toBe('p2c-ewma');
  });

  it.each([
    ['fastest', `"fastest" is no balancing policy; ${ALLOWED}`],
    ['', `"" is no balancing policy; ${ALLOWED}`],
    ['order=fastest', `"fastest" is no balancing policy; ${ALLOWED}`],
    ['order=p2c=p2c', `"p2c=p2c" is no balancing policy; ${ALLOWED}`],
    ['constructor', `"constructor" is no balancing policy; ${ALLOWED}`],
    ['p2c,weighted', '"p2c,weighted" has two policies for everybody'],
    ['order=p2c,order=weighted', '"order=p2c,order=weighted" has two policies for order'],
    ['=p2c', '"" is no name of a service, in "=p2c"'],
  ])('refuses "%s"', (text, message) => {
    expect(() => parsePolicySetting(text)).toThrow(new TypeError(message));
  });
});

describe('makePolicy', () => {
  it.each(POLICY_NAMES)('makes %s, which chooses among who is there', (name) => {
    const only = new Instance(member('order-1'), 0, DEFAULT_HEALTH_SETTINGS);
    expect(makePolicy(name, seeded(1)).choose([only], 0, () => 'key')).toBe(only);
  });

  it('makes another one for each name, and none for a name that is none', () => {
    const made = POLICY_NAMES.map((name) => makePolicy(name).constructor.name);
    expect(new Set(made).size).toBe(POLICY_NAMES.length);
    expect(() => makePolicy('fastest' as PolicyName)).toThrow(ALLOWED);
  });
});
