import { expect, it } from '@jest/globals';
import { EventLog, REMEMBERED_EVENTS } from './event-log.js';

it('remembers so many events, in order, under ids that no other run has', () => {
  let now = 1_800_000_000_000;
  const log = new EventLog(() => now);
  const add = (n: number) =>
    log.add({ type: 'instance-ejected', detail: { n, id: 'not this', type: 'nor this' } }, 'g-1');
  for (let n = 0; n < REMEMBERED_EVENTS + 2; n++) add(n);
  now += 1_000;
  const last = add(-1);
  expect(last).toEqual({
    n: -1,
    id: expect.any(String),
    time: '2027-01-15T08:00:01.000Z',
    type: 'instance-ejected',
    worker: 'g-1',
  });
  expect(log.events).toHaveLength(REMEMBERED_EVENTS);
  expect(log.events.map(({ n }) => n).slice(0, 2)).toEqual([3, 4]);
  expect(new Set(log.events.map(({ id }) => id)).size).toBe(REMEMBERED_EVENTS);
  const other = new EventLog(() => now).add({ type: 'worker-up', detail: {} }, 'g-1');
  expect(log.events.map(({ id }) => id)).not.toContain(other?.id);
});
