import { describe, expect, it } from '@jest/globals';
import { isSameRun, mergeMembers } from './member.js';
import { member } from './spec/fakes.js';

const [one, two] = [member('order-1'), member('order-2')];

describe('mergeMembers', () => {
  it('takes what is listed, and drops who is not', () => {
    expect(mergeMembers([one, two], [two], false)).toEqual([two]);
  });

  it('never leaves a service without members', () => {
    const auth = { ...member('auth-1'), service: 'auth' };
    expect(mergeMembers([one, auth], [one], false)).toEqual([one, auth]);
    expect(mergeMembers([one, two], [], false)).toEqual([one, two]);
  });

  it('drops nobody while the registry has just come back, but takes news', () => {
    const drained = member('order-2', 'draining');
    expect(mergeMembers([one, two], [drained], true)).toEqual([drained, one]);
  });
});

describe('isSameRun', () => {
  it('tells a restarted instance from its former run', () => {
    expect(isSameRun(one, member('order-1', 'draining'))).toBe(true);
    expect(isSameRun(one, member('order-1', 'ready', 2))).toBe(false);
  });
});
