import { describe, expect, it } from '@jest/globals';
import { BoundedLane } from './bounded-lane.js';

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('BoundedLane', () => {
  it('runs no more than its width at once and starts the others in order', async () => {
    const lane = new BoundedLane(2, 100);
    const gates = Array.from({ length: 5 }, gate);
    const started: number[] = [];
    const all = gates.map(({ opened }, n) =>
      lane.run(async () => {
        started.push(n);
        await opened;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    gates.forEach(({ open }) => open());
    await Promise.all(all);
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses what its queue cannot hold, and takes more afterwards', async () => {
    const lane = new BoundedLane(1, 1);
    const { open, opened } = gate();
    const held = [lane.run(() => opened), lane.run(() => opened)];
    await expect(lane.run(() => opened)).rejects.toMatchObject({ code: 'ERR_OVERLOADED' });
    open();
    await Promise.all(held);
    await expect(lane.run(async () => 'done')).resolves.toBe('done');
  });

  it('goes on after a task that failed', async () => {
    const lane = new BoundedLane(1, 1);
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(lane.run(async () => 'done')).resolves.toBe('done');
  });
});
