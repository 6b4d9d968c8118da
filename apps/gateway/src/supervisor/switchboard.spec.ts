import { describe, expect, it } from '@jest/globals';
import { SupervisorLink } from '../worker/supervisor-link.js';
import type { MetricShown } from '../metrics/worker-metrics.js';
import { EventLog } from './event-log.js';
import type { Sighting, SupervisorMessage, WorkerView } from './messages.js';
import { Switchboard, type FleetControl } from './switchboard.js';

const view = (inFlight: number, instances: readonly Sighting[] = []): WorkerView => ({
  state: 'ready',
  inFlight,
  traffic: { overMs: 10_000, tries: 0, failed: 0, latencies: [] },
  policies: {},
  instances,
});

/** A counter and a gauge that both stand at `value`. */
function counted(value: number): readonly MetricShown[] {
  const shown = (name: string, type: string) =>
    ({
      name,
      type,
      help: name,
      aggregator: 'sum',
      values: [{ value, labels: {} }],
    }) as unknown as MetricShown;
  return [shown('requests', 'counter'), shown('sockets', 'gauge')];
}

const sumsOf = (metrics: readonly MetricShown[] | undefined) =>
  Object.fromEntries((metrics ?? []).map(({ name, values }) => [name, values[0]?.value]));

/** A switchboard with workers in this process. */
function gatewayOf(ids: readonly string[], control?: FleetControl) {
  const switchboard = new Switchboard(new EventLog(() => 0), control);
  const hire = (id: string, pid: number) => {
    const rested: boolean[] = [];
    const policies: unknown[] = [];
    const link: SupervisorLink = new SupervisorLink((message) => switchboard.hear(post, message));
    const post = { id, pid, send: (message: SupervisorMessage) => link.hear(message) };
    switchboard.add(post);
    const serve = () =>
      link.serve({
        view: () => view(pid),
        metrics: async () => counted(pid),
        usePolicy: ({ service, policy }) => void policies.push([service, policy]),
        rest: async (resting) => void rested.push(resting),
      });
    return {
      link,
      post,
      rested,
      policies,
      serve,
      ready: () => switchboard.hear(post, { type: 'ready', id, port: 1 }),
    };
  };
  const workers = ids.map((id, index) => hire(id, index + 1));
  for (const { serve, ready } of workers) {
    serve();
    ready();
  }
  return { switchboard, hire, workers };
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('nobody');
  return one;
}

describe('the switchboard of a gateway', () => {
  it('asks every worker, and leaves those without a view that do not answer', async () => {
    const { workers, hire } = gatewayOf(['gateway-1', 'gateway-2']);
    hire('gateway-3', 3).ready();
    hire('gateway-4', 4);
    expect(await first(workers).link.ask({ about: 'views' })).toEqual([
      { id: 'gateway-1', pid: 1, isReady: true, view: view(1) },
      { id: 'gateway-2', pid: 2, isReady: true, view: view(2) },
      { id: 'gateway-3', pid: 3, isReady: true },
      { id: 'gateway-4', pid: 4, isReady: false },
    ]);
  });

  it('tells every worker what one has seen, what all see once, and what is seen anew again', () => {
    const { workers } = gatewayOf(['gateway-1', 'gateway-2']);
    const [one, two] = workers;
    const heard: string[] = [];
    two?.link.onEvent(({ type, worker, instance }) => heard.push(`${type} ${worker} ${String(instance)}`));
    const say = (link: SupervisorLink | undefined, as: string) =>
      link?.tell({ type: 'instance-up', once: 'order-1', as, detail: { instance: as } });
    say(one?.link, 'ready');
    say(two?.link, 'ready');
    say(two?.link, 'draining');
    say(one?.link, 'draining');
    say(one?.link, 'ready');
    for (const { link } of workers) link.tell({ type: 'instance-ejected', detail: { instance: 'order-2' } });
    expect(heard).toEqual([
      'instance-up gateway-1 ready',
      'instance-up gateway-2 draining',
      'instance-up gateway-1 ready',
      'instance-ejected gateway-1 order-2',
      'instance-ejected gateway-2 order-2',
    ]);
  });

  it('tells a worker that comes later all that was, so that every worker can go on after any event', () => {
    const { workers, switchboard, hire } = gatewayOf(['gateway-1', 'gateway-2']);
    const { link, post } = first(workers);
    const known = link.since('0').map(({ id }) => id);
    switchboard.remove(post, { signal: 'SIGKILL' });
    const again = hire('gateway-1', 7);
    again.serve();
    again.ready();
    const told = again.link.since(known.at(-1) ?? '').map(({ type, worker, pid }) => [type, worker, pid]);
    expect(told).toEqual([
      ['worker-down', 'gateway-1', 1],
      ['worker-up', 'gateway-1', 7],
    ]);
    expect(
      again.link
        .since('0')
        .slice(0, 2)
        .map(({ id }) => id),
    ).toEqual(known);
    expect(again.link.since('another-run-1')).toEqual(again.link.since('0'));
  });

  it('has a worker rest, but never the last one that takes requests', async () => {
    const { workers } = gatewayOf(['gateway-1', 'gateway-2']);
    const { link, rested } = first(workers);
    const rest = (worker: string, resting: boolean) => link.ask({ about: 'rest', worker, resting });
    const both = await Promise.all([rest('gateway-1', true), rest('gateway-2', true)]);
    expect(both).toEqual(['done', 'last']);
    expect(rested).toEqual([true]);
    expect(await rest('gateway-1', false)).toBe('done');
    expect(await rest('gateway-2', true)).toBe('done');
    expect(await rest('order-1', true)).toBe('unknown');
    expect(
      link
        .since('0')
        .map(({ type, worker }) => `${type} ${worker}`)
        .slice(2),
    ).toEqual(['worker-drained gateway-1', 'worker-up gateway-1', 'worker-drained gateway-2']);
  });

  it('has every worker choose by another policy, those that come later as well', async () => {
    const { workers, hire } = gatewayOf(['gateway-1', 'gateway-2']);
    const { link } = first(workers);
    hire('gateway-3', 3);
    const use = (policy: 'p2c' | 'round-robin', service?: 'order') =>
      link.ask({ about: 'policy', policy, ...(service && { service }) });
    expect(await use('p2c')).toEqual(['gateway-3']);
    await use('p2c', 'order');
    await use('round-robin', 'order');
    for (const { policies } of workers) {
      expect(policies).toEqual([
        [undefined, 'p2c'],
        ['order', 'p2c'],
        ['order', 'round-robin'],
      ]);
    }
    const later = hire('gateway-4', 4);
    later.serve();
    expect(later.policies).toEqual([
      [undefined, 'p2c'],
      ['order', 'round-robin'],
    ]);
  });

  it('asks who started the gateway about the fleet; without one nobody knows', async () => {
    const asked: unknown[] = [];
    const control = async (question: unknown) => (asked.push(question) > 0 ? 'accepted' : undefined);
    const { workers } = gatewayOf(['gateway-1'], control);
    const fault = { about: 'fault', id: 'order-1', kind: 'stop', forMs: 5 } as const;
    expect(await first(workers).link.ask(fault)).toBe('accepted');
    expect(asked).toEqual([fault]);
    const alone = gatewayOf(['gateway-1']);
    expect(await first(alone.workers).link.ask({ about: 'processes' })).toBeUndefined();
  });

  it('sums what workers count; one that has ended or is silent still counts with what it said last, gauges apart', async () => {
    const { switchboard, workers, hire } = gatewayOf(['gateway-1', 'gateway-2']);
    const [one, two] = workers;
    const ask = async () => sumsOf(await one?.link.ask({ about: 'metrics' }));
    expect(await ask()).toEqual({ requests: 3, sockets: 3 });
    if (two) switchboard.remove(two.post);
    expect(await ask()).toEqual({ requests: 3, sockets: 1 });
    hire('gateway-2', 4).serve();
    expect(await ask()).toEqual({ requests: 7, sockets: 5 });
  });
});
