import { describe, expect, it } from '@jest/globals';
import { Admission, type AdmissionOptions, type Slot } from './admission.js';
import type { Priority } from './admission-settings.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { FakeClock } from './spec/fakes.js';

const PATIENCE_MS = 10_000;

/** An admission with a limit that stays where it is, and who came in which order. */
function setUp(places: number, options: AdmissionOptions = {}) {
  const clock = new FakeClock();
  const limit = new ConcurrencyLimit({ floor: places, initial: places, ceiling: places }, clock);
  const admission = new Admission(limit, { clock, ...options });
  const slots: Slot[] = [];
  const served: string[] = [];
  const shed: string[] = [];
  const enter = (name: string, priority: Priority = 'normal', patienceMs = PATIENCE_MS) =>
    admission.enter({
      priority,
      patienceMs,
      onTurn: (slot) => {
        served.push(name);
        slots.push(slot);
      },
      onShed: () => void shed.push(name),
    });
  const finish = (count = 1) => {
    for (let done = 0; done < count; done++) slots.shift()?.release();
  };
  return { clock, limit, admission, served, shed, enter, finish };
}

describe('Admission', () => {
  it('lets in as many as the limit says, and the next one when one is done', () => {
    const { served, enter, finish, admission } = setUp(2);
    for (const name of ['a', 'b', 'c', 'd']) enter(name);
    expect(served).toEqual(['a', 'b']);
    finish();
    expect(served).toEqual(['a', 'b', 'c']);
    expect([admission.inFlight, admission.waiting]).toEqual([2, 1]);
  });

  it('takes a place back once', () => {
    const { admission } = setUp(1);
    let slot: Slot | undefined;
    admission.enter({
      priority: 'low',
      patienceMs: 1,
      onTurn: (mine) => (slot = mine),
      onShed: () => undefined,
    });
    slot?.release();
    slot?.release();
    expect(admission.inFlight).toBe(0);
  });

  it('G20: serves by priority, and those of one in the order in which they came', () => {
    const { served, enter, finish } = setUp(1);
    enter('first');
    enter('low 1', 'low');
    enter('normal 1');
    enter('high 1', 'high');
    enter('low 2', 'low');
    enter('normal 2');
    enter('high 2', 'high');
    finish(7);
    expect(served).toEqual(['first', 'high 1', 'high 2', 'normal 1', 'normal 2', 'low 1', 'low 2']);
  });

  it('G20: a kind that hangs keeps no other out for longer than many times what is usual for it', () => {
    const { clock, limit, admission } = setUp(2);
    // Enough of them for what is usual to be known.
    for (let count = 0; count < 40; count += 1) {
      clock.advance(20);
      limit.observe({ kind: 'orders', latencyMs: 30 }, 2);
    }
    const turns: string[] = [];
    const enter = (kind: string | undefined) =>
      admission.enter({
        priority: 'normal',
        patienceMs: PATIENCE_MS,
        kind,
        onTurn: () => turns.push(kind ?? 'any'),
        onShed: () => turns.push('shed'),
      });
    for (const kind of ['orders', undefined, 'cart', 'cart']) enter(kind);
    clock.advance(599);
    admission.sweep();
    expect(turns).toEqual(['orders', 'any']);
    clock.advance(1);
    admission.sweep();
    expect(turns).toEqual(['orders', 'any', 'cart']);
    clock.advance(2_400);
    admission.sweep();
    expect(turns).toEqual(['orders', 'any', 'cart', 'cart']);
  });

  it('overtakes nobody who waits, though there is room again', () => {
    const { limit, admission, served, enter, clock } = setUp(1);
    enter('first');
    enter('waits', 'low');
    Object.defineProperty(limit, 'limit', { value: 2 });
    enter('comes', 'low');
    expect(served).toEqual(['first']);
    clock.advance(100);
    admission.sweep();
    expect(served).toEqual(['first', 'waits']);
  });

  it('queues a burst and sheds nobody of it, however long it takes within their patience', () => {
    const { clock, admission, served, shed, enter, finish } = setUp(16);
    for (let request = 0; request < 1_000; request++) enter(`${request}`, 'low');
    for (let second = 0; second < 9; second++) {
      clock.advance(1_000);
      finish(110);
      admission.sweep();
    }
    expect(shed).toEqual([]);
    expect(served).toHaveLength(1_000);
  });

  it('sheds whose patience is over', () => {
    const { clock, admission, served, shed, enter, finish } = setUp(1);
    enter('first');
    enter('hasty', 'high', 200);
    enter('patient', 'low', 400);
    clock.advance(200);
    admission.sweep();
    expect(shed).toEqual(['hasty']);
    clock.advance(200);
    finish();
    expect([served, shed]).toEqual([['first'], ['hasty', 'patient']]);
  });

  it('takes a place back after three seconds, and yet learns how long it took', () => {
    const { clock, limit, admission, served, enter } = setUp(2);
    const samples: number[] = [];
    limit.observe = ({ latencyMs }) => void samples.push(latencyMs);
    let hung: Slot | undefined;
    const onTurn = (slot: Slot) => (hung = slot);
    admission.enter({ priority: 'low', patienceMs: PATIENCE_MS, onTurn, onShed: () => undefined });
    clock.advance(1_000);
    for (const name of ['second', 'third', 'fourth']) enter(name);
    clock.advance(2_000);
    admission.sweep();
    expect([served, admission.inFlight]).toEqual([['second', 'third'], 2]);
    clock.advance(27_000);
    hung?.release('POST /orders', true);
    expect([samples, admission.inFlight]).toEqual([[30_000], 2]);
  });

  it('forgets who leaves', () => {
    const { served, shed, enter, finish, admission } = setUp(1);
    enter('first');
    const leave = enter('leaves');
    enter('stays');
    leave();
    leave();
    finish(1);
    expect([served, shed, admission.waiting]).toEqual([['first', 'stays'], [], 0]);
  });

  it('comes through a thousand that are done as soon as it is their turn', () => {
    const { admission, enter, finish } = setUp(1);
    let done = 0;
    enter('first');
    for (let request = 0; request < 1_000; request++) {
      const onTurn = (slot: Slot) => {
        done += 1;
        slot.release();
      };
      admission.enter({ priority: 'low', patienceMs: PATIENCE_MS, onTurn, onShed: () => undefined });
    }
    finish();
    expect([done, admission.waiting, admission.inFlight]).toEqual([1_000, 0, 0]);
  });
});

describe('G20: a queue that stands', () => {
  const PRIORITIES = ['low', 'normal', 'high'] as const;

  /** One place, which is taken, and a queue that is a second old: a normal and a low one wait. */
  function overloaded(latencyMs = 0) {
    const stage = setUp(1);
    Object.defineProperty(stage.limit, 'latencyMs', { value: latencyMs });
    stage.enter('first');
    stage.enter('early normal');
    stage.enter('early low', 'low');
    stage.clock.advance(1_001);
    return { ...stage, refused: () => PRIORITIES.filter((each) => stage.admission.refuses(each)) };
  }

  it('takes as many as would have to wait for half a second: fewer low than normal ones, and high ones always', () => {
    const { enter, finish, refused, clock } = overloaded(100);
    for (let request = 0; request < 3; request++) enter(`normal ${request}`);
    expect(refused()).toEqual([]);
    for (let request = 0; request < 3; request++) enter(`low ${request}`, 'low');
    expect(refused()).toEqual(['low']);
    for (let request = 0; request < 3; request++) enter(`normal ${request + 3}`);
    expect(refused()).toEqual(['low', 'normal']);
    clock.advance(100);
    finish(4);
    expect(refused()).toEqual([]);
  });

  it('takes none while the first of them has waited for longer than that', () => {
    const { enter, finish, refused, clock } = overloaded();
    enter('low', 'low');
    clock.advance(1);
    enter('normal');
    clock.advance(500);
    expect(refused()).toEqual(['low']);
    clock.advance(1);
    expect(refused()).toEqual(['low', 'normal']);
    finish();
    expect(refused()).toEqual(['low']);
  });

  it('refuses at once who comes then', () => {
    const { shed, enter } = overloaded(1_000);
    for (const priority of PRIORITIES) {
      for (let request = 0; request < 3; request++) enter(`${priority} ${request}`, priority);
    }
    expect(shed).toEqual(['low 1', 'low 2', 'normal 1', 'normal 2']);
  });

  it('serves newcomers before those that it had set aside, and those as well in the end', () => {
    const { served, enter, finish, shed } = overloaded();
    enter('late low', 'low');
    enter('late normal');
    enter('high', 'high');
    finish(6);
    expect(served).toEqual(['first', 'high', 'late normal', 'late low', 'early normal', 'early low']);
    expect(shed).toEqual([]);
  });

  it('waits longer where answers take longer', () => {
    const { limit, enter, refused } = overloaded(300);
    Object.defineProperty(limit, 'usualMs', { value: 300 });
    for (let request = 0; request < 4; request++) enter(`${request}`);
    expect(refused()).toEqual([]);
    enter('one more');
    expect(refused()).toEqual(['low', 'normal']);
  });

  it('bounds how long who joined it waits', () => {
    const { admission, clock, enter, shed } = overloaded();
    enter('late low', 'low');
    enter('high', 'high');
    clock.advance(1_000);
    admission.sweep();
    expect(shed).toEqual(['late low']);
  });

  it('is over when it was empty once', () => {
    const { enter, finish, shed, clock } = overloaded(10_000);
    enter('late');
    finish(4);
    enter('again', 'low');
    for (let request = 0; request < 9; request++) enter(`${request}`, 'low');
    clock.advance(900);
    enter('and again', 'low');
    expect(shed).toEqual([]);
  });
});

describe('G20: a full queue', () => {
  it('sheds the last of the lowest priority for one that is above it, and never its equal', () => {
    const { admission, shed, enter } = setUp(1, { waiting: 3 });
    enter('first');
    enter('normal 1');
    enter('low 1', 'low');
    enter('low 2', 'low');
    enter('low 3', 'low');
    enter('normal 2');
    enter('high 1', 'high');
    enter('high 2', 'high');
    enter('high 3', 'high');
    enter('high 4', 'high');
    expect(shed).toEqual(['low 3', 'low 2', 'low 1', 'normal 2', 'normal 1', 'high 4']);
    expect(admission.refuses('high')).toBe(true);
  });
});

describe('while all wait for something that they share', () => {
  it('lets in up to the ceiling, sheds nobody, and learns nothing', () => {
    const clock = new FakeClock();
    const limit = new ConcurrencyLimit({ floor: 2, initial: 2, ceiling: 50 }, clock);
    let isExcused = false;
    const admission = new Admission(limit, { clock, isExcused: () => isExcused });
    const slots: Slot[] = [];
    let shed = 0;
    const enter = () =>
      admission.enter({
        priority: 'low',
        patienceMs: 3_500,
        onTurn: (slot) => void slots.push(slot),
        onShed: () => (shed += 1),
      });
    for (let request = 0; request < 40; request++) enter();
    expect(admission.inFlight).toBe(2);
    isExcused = true;
    clock.advance(500);
    admission.sweep();
    expect(admission.inFlight).toBe(40);
    clock.advance(2_500);
    enter();
    admission.sweep();
    isExcused = false;
    clock.advance(500);
    for (const slot of slots.splice(0)) slot.release('GET /users/me');
    expect([shed, limit.limit, limit.latencyMs]).toEqual([0, 2, 0]);
  });
});
