import { describe, expect, it } from '@jest/globals';
import { InstancePool } from './instance-pool.js';
import type { Instance } from './instance.js';
import type { Member } from './member.js';
import { RoundRobin } from './policies/round-robin.js';
import { makePolicy } from './policy-names.js';
import { FakeClock, member, seeded } from './spec/fakes.js';

function setUp(members: readonly Member[] = [member('order-1'), member('order-2')]) {
  const clock = new FakeClock();
  const pool = new InstancePool({ clock, random: seeded(7) });
  pool.update(members);
  const get = (id: string): Instance => {
    const found = pool.instances.find((instance) => instance.member.id === id);
    if (!found) throw new Error(`no ${id}`);
    return found;
  };
  const pickIds = (times = 100) => {
    const ids = new Set<string>();
    for (let time = 0; time < times; time++) {
      const instance = pool.pick();
      if (!instance) continue;
      ids.add(instance.member.id);
      pool.release(instance);
    }
    return [...ids].sort();
  };
  return { clock, pool, get, pickIds };
}

const refused = { kind: 'unreachable', afterMs: 1 } as const;
const failed = { kind: 'answered', status: 503, latencyMs: 1 } as const;

describe('InstancePool', () => {
  it('picks nobody where nobody is', () => {
    expect(setUp([]).pool.pick()).toBeUndefined();
  });

  it('calls an instance sound until a connection to it breaks, and again after an answer', () => {
    const { clock, pool, get } = setUp();
    const isSound = () => get('order-1').health.isSound(clock.now());
    expect(isSound()).toBe(true);
    pool.report(get('order-1'), refused);
    expect([isSound(), get('order-1').health.isAvailable(clock.now())]).toEqual([false, true]);
    pool.report(get('order-1'), { kind: 'answered', status: 200, latencyMs: 1 });
    expect(isSound()).toBe(true);
  });

  it('counts what it picked until it is released', () => {
    const { pool } = setUp([member('order-1')]);
    const one = pool.pick();
    pool.pick();
    expect(one?.inFlight).toBe(2);
    if (one) pool.release(one);
    expect(one?.inFlight).toBe(1);
  });

  it('never picks who was tried', () => {
    const { pool, get } = setUp();
    for (let time = 0; time < 50; time++) {
      expect(pool.pick([get('order-1')])?.member.id).toBe('order-2');
    }
    expect(pool.pick([get('order-1'), get('order-2')])).toBeUndefined();
  });

  it('ejects after two refused connections, and takes back after 30 s', () => {
    const { clock, pool, get, pickIds } = setUp();
    pool.report(get('order-1'), refused);
    pool.report(get('order-1'), refused);
    expect(pickIds()).toEqual(['order-2']);
    clock.advance(30_001);
    expect(pickIds()).toEqual(['order-1', 'order-2']);
  });

  it('ejects after five gateway errors in a row, not after four and a success', () => {
    const { pool, get } = setUp();
    const one = get('order-1');
    for (let time = 0; time < 4; time++) pool.report(one, failed);
    pool.report(one, { kind: 'answered', status: 200, latencyMs: 1 });
    for (let time = 0; time < 4; time++) pool.report(one, failed);
    expect(one.health.isAvailable(1_000_000)).toBe(true);
    pool.report(one, failed);
    expect(one.health.isAvailable(1_000_000)).toBe(false);
  });

  it('ejects for longer each time', () => {
    const { clock, pool, get } = setUp();
    const one = get('order-1');
    for (const ejectionMs of [30_000, 60_000, 90_000]) {
      pool.report(one, refused);
      pool.report(one, refused);
      expect(one.health.ejectedUntil(clock.now())).toBe(clock.now() + ejectionMs);
      clock.advance(ejectionMs);
    }
  });

  it('ejects at most half', () => {
    const { clock, pool, get } = setUp();
    for (const id of ['order-1', 'order-2']) {
      pool.report(get(id), refused);
      pool.report(get(id), refused);
    }
    expect(get('order-1').health.isAvailable(clock.now())).toBe(false);
    expect(get('order-2').health.isAvailable(clock.now())).toBe(true);
  });

  it('uses all in a panic: when more than half are out', () => {
    const { pool, get, pickIds } = setUp([member('order-1'), member('order-2'), member('order-3')]);
    pool.reportCheck(get('order-1'), 'refused');
    expect(pickIds()).toEqual(['order-2', 'order-3']);
    pool.reportCheck(get('order-2'), 'refused');
    expect(pickIds()).toEqual(['order-1', 'order-2', 'order-3']);
  });

  it('counts an instance out after two unanswered checks or one refused, and in after one passed', () => {
    const { clock, pool, get } = setUp();
    const one = get('order-1');
    pool.reportCheck(one, 'unanswered');
    expect(one.health.isAvailable(clock.now())).toBe(true);
    pool.reportCheck(one, 'unanswered');
    expect(one.health.isAvailable(clock.now())).toBe(false);
    pool.reportCheck(one, 'passed');
    expect(one.health.isAvailable(clock.now())).toBe(true);
    pool.reportCheck(one, 'refused');
    expect(one.health.isAvailable(clock.now())).toBe(false);
  });

  it('lets one request through to an instance whose ejection is over, and all after it went well', () => {
    const { clock, pool, get, pickIds } = setUp();
    const one = get('order-1');
    pool.report(one, refused);
    pool.report(one, refused);
    clock.advance(30_000);
    const picked = Array.from({ length: 200 }, () => pool.pick()).filter((instance) => instance === one);
    expect(picked).toHaveLength(1);
    pool.report(one, { kind: 'answered', status: 200, latencyMs: 1 });
    expect(one.health.circuit(clock.now())).toBe('closed');
    expect(pickIds()).toContain('order-1');
  });

  it('ejects again at the first failure of an instance that is being tried', () => {
    const { clock, pool, get, pickIds } = setUp();
    const one = get('order-1');
    for (let time = 0; time < 5; time++) pool.report(one, failed);
    clock.advance(30_000);
    pool.report(one, failed);
    expect(one.health.ejectedUntil(clock.now())).toBe(clock.now() + 60_000);
    expect(pickIds()).toEqual(['order-2']);
  });

  it('takes all that breaks off at once for one ejection', () => {
    const { clock, pool, get } = setUp();
    for (let time = 0; time < 20; time++) pool.report(get('order-1'), refused);
    expect(get('order-1').health.ejectedUntil(clock.now())).toBe(clock.now() + 30_000);
  });

  it('is not in a panic while instances are being tried again', () => {
    const { clock, pool, get, pickIds } = setUp([1, 2, 3, 4].map((number) => member(`order-${number}`)));
    for (const id of ['order-1', 'order-2']) {
      pool.report(get(id), refused);
      pool.report(get(id), refused);
    }
    clock.advance(30_000);
    pool.reportCheck(get('order-3'), 'refused');
    for (let time = 0; time < 200; time++) pool.pick();
    expect(pickIds()).toEqual(['order-4']);
  });

  it('chooses by another policy at once when it is told to', () => {
    const { pool, get } = setUp();
    get('order-1').inFlight = 50;
    pool.usePolicy(new RoundRobin());
    const picked = Array.from({ length: 10 }, () => pool.pick()?.member.id);
    expect(picked.filter((id) => id === 'order-1')).toHaveLength(5);
  });

  it('hands what a request sticks to on to the policy', () => {
    const { pool } = setUp([1, 2, 3, 4, 5].map((number) => member(`order-${number}`)));
    pool.usePolicy(makePolicy('rendezvous', seeded(1)));
    const homes = Array.from({ length: 20 }, () => {
      const instance = pool.pick([], () => 'session-1');
      if (instance) pool.release(instance);
      return instance?.member.id;
    });
    expect(new Set(homes).size).toBe(1);
    const [home] = pool.instances.filter(({ member: { id } }) => id === homes[0]);
    expect(pool.pick(home ? [home] : [], () => 'session-1')?.member.id).not.toBe(homes[0]);
  });

  it('ends an ejection for unreachability at a passed check, one for errors not', () => {
    const { clock, pool, get } = setUp([1, 2, 3, 4].map((number) => member(`order-${number}`)));
    const [unreachable, failing] = [get('order-1'), get('order-2')];
    pool.report(unreachable, refused);
    pool.report(unreachable, refused);
    for (let time = 0; time < 5; time++) pool.report(failing, failed);
    pool.reportCheck(unreachable, 'passed');
    pool.reportCheck(failing, 'passed');
    expect(unreachable.health.isAvailable(clock.now())).toBe(true);
    expect(failing.health.isAvailable(clock.now())).toBe(false);
  });

  it('does not pick draining instances while others are ready, and picks them before none', () => {
    const { pool, pickIds } = setUp([member('order-1', 'draining'), member('order-2')]);
    expect(pickIds()).toEqual(['order-2']);
    pool.update([member('order-1', 'draining')]);
    expect(pickIds()).toEqual(['order-1']);
  });

  it('keeps an instance out for as long as its Retry-After asks', () => {
    const { clock, pool, get, pickIds } = setUp();
    pool.report(get('order-1'), { ...failed, retryAfterMs: 5_000 });
    clock.advance(4_999);
    expect(pickIds()).toEqual(['order-2']);
    clock.advance(2);
    expect(pickIds()).toEqual(['order-1', 'order-2']);
  });

  it('moves away from an instance that times out, and from one that clients give up on', () => {
    const { pool, get, pickIds } = setUp();
    pool.report(get('order-1'), { kind: 'abandoned', afterMs: 2_000 });
    expect(pickIds()).toEqual(['order-2']);
  });

  it('keeps streaming answers out of the average', () => {
    const { clock, pool, get } = setUp();
    const one = get('order-1');
    pool.report(one, { kind: 'answered', status: 200, latencyMs: 9_000, streaming: true });
    expect(one.latency.read(clock.now())).toBe(1);
  });

  it('keeps the history of who stays and forgets that of who restarted', () => {
    const { clock, pool, get } = setUp();
    pool.report(get('order-1'), { kind: 'answered', status: 200, latencyMs: 300 });
    pool.update([member('order-1'), member('order-2')]);
    expect(get('order-1').latency.read(clock.now())).toBe(300);
    pool.update([member('order-1', 'ready', 2), member('order-2')]);
    expect(get('order-1').latency.read(clock.now())).toBe(1);
  });

  it('gives a newcomer a growing share', () => {
    const { clock, pool, get } = setUp([member('order-1')]);
    pool.update([member('order-1'), member('order-2')]);
    const share = () => {
      let picked = 0;
      for (let time = 0; time < 1_000; time++) {
        const instance = pool.pick();
        if (instance === get('order-2')) picked += 1;
        if (instance) pool.release(instance);
      }
      return picked / 1_000;
    };
    expect(share()).toBeLessThan(0.1);
    clock.advance(2_500);
    expect(share()).toBeLessThan(0.35);
    clock.advance(2_500);
    expect(share()).toBeGreaterThan(0.45);
  });

  it('explains what a choice would be made of, and chooses nothing', () => {
    const { clock, pool, get } = setUp();
    pool.report(get('order-1'), refused);
    pool.report(get('order-1'), refused);
    pool.reportCheck(get('order-2'), 'refused');
    clock.advance(1_000);
    expect(pool.explain()).toMatchObject([
      { id: 'order-1', state: 'ready', inFlight: 0, outBecause: 'local-failure', ejectedForMs: 29_000 },
      { id: 'order-2', state: 'ready', inFlight: 0, outBecause: 'failed-checks' },
    ]);
    expect(pool.explain()[1]).not.toHaveProperty('ejectedForMs');
    expect(get('order-1').inFlight).toBe(0);
    pool.reportCheck(get('order-2'), 'passed');
    expect(pool.explain()[1]).not.toHaveProperty('outBecause');
  });

  it('tells of each instance that is taken out, and why, once', () => {
    const out: string[] = [];
    const onOut = ({ member: { id } }: Instance, because: string) => out.push(`${id} ${because}`);
    const pool = new InstancePool({ clock: new FakeClock(), onOut });
    pool.update([member('order-1'), member('order-2')]);
    const [one, two] = pool.instances;
    if (!one || !two) throw new Error('nobody');
    for (let time = 0; time < 2; time++) pool.report(one, refused);
    for (let time = 0; time < 3; time++) pool.reportCheck(two, 'unanswered');
    // At most half are ejected: that the other one fails as well is not told as an ejection.
    for (let time = 0; time < 5; time++) pool.report(two, failed);
    expect(out).toEqual(['order-1 local-failure', 'order-2 failed-checks']);
  });
});
