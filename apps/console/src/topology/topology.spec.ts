import { describe, expect, it } from '@jest/globals';
import type { Instance, Topology } from '../api/platform.js';
import { BALANCER_POLICIES } from '@holdfast/contracts';
import { edgeLabelsOf, edgesOf } from './edges.js';
import { layoutOf, WIDE } from './layout.js';
import { groupsOf, remember } from './nodes.js';
import { POLICIES } from './policies.js';
import { trafficWords } from './traffic.js';

const TIME = '2026-11-21T09:30:00.000Z';

function instance(id: string, members: Partial<Instance> = {}): Instance {
  const traffic = { perSecond: 24, p50Ms: 3.1, p99Ms: 12.2, failedShare: 0 };
  const seen = {
    gateway: 'gateway-1',
    inFlight: 2,
    latencyMs: 4,
    available: true,
    ejectedUntil: null,
    traffic,
  };
  return {
    id,
    pid: 1,
    url: 'http://127.0.0.1:1',
    state: 'ready',
    startedAt: TIME,
    inFlight: 2,
    latencyMs: 4.2,
    available: true,
    ejectedUntil: null,
    traffic,
    seenBy: [seen],
    ...members,
  };
}

function topology(...instances: Instance[]): Topology {
  return {
    time: TIME,
    answeredBy: 'gateway-1',
    silent: [],
    gateways: [
      {
        id: 'gateway-1',
        pid: 2,
        state: 'ready',
        inFlight: 3,
        traffic: { perSecond: 24, failedShare: 0 },
      },
    ],
    services: [{ name: 'order', instances }],
    redis: {
      nodes: [
        { id: 'redis-1', address: 'a:1', role: 'primary', up: true, lagBytes: null, lagSeconds: null },
        { id: 'redis-2', address: 'a:2', role: 'replica', up: true, lagBytes: 1_400, lagSeconds: 0 },
        { id: 'redis-3', address: 'a:3', role: 'replica', up: false, lagBytes: null, lagSeconds: null },
      ],
    },
    postgres: [{ service: 'order', askedAt: 'order-1', state: 'up' }],
  };
}

const nodesOf = (given: Topology, known = new Map<string, readonly string[]>()) =>
  groupsOf(given, known).flatMap(({ nodes }) => nodes);

describe('the nodes of a topology', () => {
  it('say how each process does, in words', () => {
    const until = new Date(Date.parse(TIME) + 3_000).toISOString();
    const nodes = nodesOf(
      topology(
        instance('order-1'),
        instance('order-2', { available: false, ejectedUntil: until }),
        instance('order-3', { state: 'draining' }),
        instance('order-4', { available: false }),
      ),
    );
    expect(nodes.map(({ id, health, word, detail }) => `${id} ${health}: ${word}, ${detail}`)).toEqual([
      'gateway-1 ok: ready, 3 in flight · 24/s',
      'order-1 ok: ready, 2 in flight · 4 ms',
      'order-2 bad: ejected, 3.0 s, 2 in flight · 4 ms',
      'order-3 resting: draining, 2 in flight · 4 ms',
      'order-4 warn: unavailable, 2 in flight · 4 ms',
      'redis-1 ok: primary, ',
      'redis-2 ok: replica, 1.4 kB behind',
      'redis-3 bad: down, replica',
      'order ok: up, says order-1',
    ]);
  });

  it('keep the place of who is gone, until it is back', () => {
    const before = groupsOf(topology(instance('order-1'), instance('order-2')), new Map());
    const known = remember(new Map(), before);
    const ids = (nodes: ReturnType<typeof nodesOf>) =>
      nodes.filter(({ kind }) => kind === 'instance').map(({ id, word }) => `${id} ${word}`);
    const without = topology(instance('order-2'));
    expect(ids(nodesOf(without, new Map(known)))).toEqual(['order-1 gone', 'order-2 ready']);
    const after = topology(instance('order-1'), instance('order-2'));
    expect(ids(nodesOf(after, new Map(known)))).toEqual(['order-1 ready', 'order-2 ready']);
  });
});

describe('traffic in words', () => {
  const traffic = { perSecond: 24, p50Ms: 3.1, p99Ms: 1_240, failedShare: 0.002 };

  it('says how many, how quick and how many of them failed, as far as there is something to say', () => {
    expect(trafficWords(traffic)).toBe(
      '24 requests a second, under 1 % failed; half of the answers began within 3 ms, 99 of 100 within 1.2 s',
    );
    expect(trafficWords({ ...traffic, p50Ms: null, failedShare: 1 })).toBe(
      '24 requests a second, 100 % failed',
    );
    expect(trafficWords({ ...traffic, perSecond: 0 })).toBe('no requests in the last 10 seconds');
  });
});

describe('the policies that may be chosen', () => {
  it('are all that there are', () => {
    expect(Object.keys(POLICIES)).toEqual(BALANCER_POLICIES);
  });
});

describe('the picture', () => {
  const given = topology(instance('order-1'), instance('order-2', { seenBy: [] }));
  const groups = groupsOf(given, new Map());

  it.each([320, WIDE - 1, WIDE, 1_200])('fits into %d pixels, and nothing lies on anything else', (width) => {
    const { nodes, height } = layoutOf(groups, width);
    expect(nodes).toHaveLength(7);
    for (const [index, one] of nodes.entries()) {
      expect(one.x + one.width).toBeLessThanOrEqual(width);
      expect(one.y + one.height).toBeLessThanOrEqual(height);
      for (const other of nodes.slice(index + 1)) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect([one.node.id, other.node.id, apart]).toEqual([one.node.id, other.node.id, true]);
      }
    }
  });

  it('has lines from workers to instances, and on to the primary and the database; none where it is narrow', () => {
    const lines = edgesOf(layoutOf(groups, 1_200), given).map(({ from, to }) => `${from} ${to}`);
    expect(lines).toEqual([
      'gateway-1 order-1',
      'order-1 redis-1',
      'order-2 redis-1',
      'order-1 order',
      'order-2 order',
    ]);
    expect(edgesOf(layoutOf(groups, 320), given)).toEqual([]);
  });

  it('has figures on the lines, which stay between the columns, and a tone where requests fail', () => {
    const failing = { perSecond: 8.2, p50Ms: null, p99Ms: null, failedShare: 1 };
    const seen = { gateway: 'gateway-1', inFlight: 0, latencyMs: 4, available: true, ejectedUntil: null };
    const second = instance('order-2', { traffic: failing, seenBy: [{ ...seen, traffic: failing }] });
    const busy = topology(instance('order-1'), second);
    for (const width of [WIDE, 1_200]) {
      const layout = layoutOf(groupsOf(busy, new Map()), width);
      expect(edgeLabelsOf(layout)).toMatchObject([
        { to: 'order-1', tone: 'ok', rate: '24/s', times: 'p50 3 ms · p99 12 ms' },
        { to: 'order-2', tone: 'bad', rate: '8.2/s · 100 % fail', times: '' },
      ]);
      expect(edgesOf(layout, busy).map(({ tone }) => tone)).toEqual(['ok', 'bad', 'ok', 'ok', 'ok', 'ok']);
      const [gateway, order] = layout.nodes;
      expect((order?.x ?? 0) - (gateway?.width ?? 0)).toBeGreaterThanOrEqual(150);
    }
    expect(edgeLabelsOf(layoutOf(groups, 320))).toEqual([]);
  });
});
