import { expect, it } from '@jest/globals';
import type { Sighting, WorkerReport } from '../supervisor/messages.js';
import { gatewaysOf, servicesOf } from './sightings.js';

const sighting = (more: Partial<Sighting> = {}): Sighting => ({
  id: 'order-1',
  service: 'order',
  url: 'http://order-1',
  state: 'ready',
  pid: 5,
  startedAt: 1_000,
  inFlight: 1,
  latencyMs: 10,
  available: true,
  ejectedUntil: null,
  traffic: { overMs: 10_000, tries: 20, failed: 0, latencies: [[50, 20]] },
  ...more,
});
const report = (id: string, ...instances: Sighting[]): WorkerReport => ({
  id,
  pid: 1,
  isReady: true,
  view: {
    state: 'ready',
    inFlight: 2,
    traffic: { overMs: 10_000, tries: 45, failed: 9, latencies: [] },
    policies: { order: 'p2c' },
    instances,
  },
});

it('sums what all workers see of an instance', () => {
  const ejected = sighting({
    inFlight: 4,
    latencyMs: 30.26,
    available: false,
    ejectedUntil: 60_000,
    traffic: { overMs: 10_000, tries: 30, failed: 30, latencies: [] },
  });
  expect(
    servicesOf([report('g-1', sighting()), report('g-2', ejected), { id: 'g-3', pid: 3, isReady: true }]),
  ).toEqual([
    {
      name: 'order',
      policy: 'p2c',
      instances: [
        {
          id: 'order-1',
          pid: 5,
          url: 'http://order-1',
          state: 'ready',
          startedAt: '1970-01-01T00:00:01.000Z',
          inFlight: 5,
          latencyMs: 20.1,
          available: false,
          ejectedUntil: '1970-01-01T00:01:00.000Z',
          traffic: { perSecond: 5, p50Ms: 5, p99Ms: 5, failedShare: 0.6 },
          seenBy: [
            {
              gateway: 'g-1',
              inFlight: 1,
              latencyMs: 10,
              available: true,
              ejectedUntil: null,
              traffic: { perSecond: 2, p50Ms: 5, p99Ms: 5, failedShare: 0 },
            },
            {
              gateway: 'g-2',
              inFlight: 4,
              latencyMs: 30.3,
              available: false,
              ejectedUntil: '1970-01-01T00:01:00.000Z',
              traffic: { perSecond: 3, p50Ms: null, p99Ms: null, failedShare: 1 },
            },
          ],
        },
      ],
    },
  ]);
});

it('leaves the former run out that a worker still knows, and sorts by name', () => {
  const user = sighting({ id: 'user-1', service: 'user' });
  const auth = sighting({ id: 'auth-1', service: 'auth' });
  const services = servicesOf([
    report('g-1', user, sighting({ startedAt: 2_000, pid: 6 })),
    report('g-2', auth, sighting({ inFlight: 9 })),
  ]);
  expect(services.map(({ name }) => name)).toEqual(['auth', 'order', 'user']);
  expect(services[1]?.instances).toMatchObject([{ pid: 6, inFlight: 1, seenBy: [{ gateway: 'g-1' }] }]);
});

it('names a worker that does not answer as silent, unless it never listened', () => {
  const reports = [
    report('g-1'),
    { id: 'g-2', pid: 2, isReady: true },
    { id: 'g-3', pid: 3, isReady: false },
  ];
  expect(gatewaysOf(reports)).toEqual([
    { id: 'g-1', pid: 1, state: 'ready', inFlight: 2, traffic: { perSecond: 4.5, failedShare: 0.2 } },
    { id: 'g-2', pid: 2, state: 'silent', inFlight: null, traffic: null },
    { id: 'g-3', pid: 3, state: 'starting', inFlight: null, traffic: null },
  ]);
});

it('lists the workers by their ids, whichever came back last', () => {
  const reports = [report('g-2'), report('g-1')];
  expect(gatewaysOf(reports).map(({ id }) => id)).toEqual(['g-1', 'g-2']);
});
