import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Device, type FleetProcess } from '@holdfast/fleet-client';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Administrator } from './administrators.js';
import { EventStream, type SeenEvent } from './event-stream.js';
import { backUnderItsId, eventually, everybodyReady, fleet, gateway, processes } from './fleet.js';

interface Instance {
  readonly id: string;
  readonly pid: number;
  readonly state: string;
  readonly inFlight: number;
  readonly seenBy: readonly { readonly gateway: string; readonly inFlight: number }[];
}

interface Topology {
  readonly silent: readonly string[];
  readonly gateways: readonly { readonly id: string; readonly pid: number; readonly state: string }[];
  readonly services: readonly { readonly name: string; readonly instances: readonly Instance[] }[];
  readonly redis: {
    readonly nodes: readonly { readonly id: string; readonly role: string; readonly up: boolean }[];
  };
  readonly postgres: readonly { readonly service: string; readonly state: string }[];
}

let admin: Administrator;
const streams: EventStream[] = [];

/** Over a connection of its own: a kept one may lead to a worker that stands still. */
async function topology(): Promise<Topology> {
  const headers = { connection: 'close' };
  const answer = await admin.device.call<Topology>('GET', '/platform/topology', { headers });
  expect(answer.status).toBe(200);
  return answer.body;
}

async function listen(lastId?: string): Promise<EventStream> {
  const stream = await EventStream.open(
    (await fleet()).gateway.url,
    admin.device.tokens.access_token,
    lastId,
  );
  streams.push(stream);
  return stream;
}

const seen = (stream: EventStream, type: string, instance: string) =>
  eventually(async () => stream.of(type).find((event) => (event['instance'] ?? event.worker) === instance));

const act = (id: string, action: string, body?: unknown) =>
  admin.call('POST', `/platform/instances/${id}/${action}`, body);

async function process(id: string): Promise<FleetProcess> {
  const found = (await fleet()).processes.find((each) => each.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

/** Whether a process stands still. */
const standsStill = ({ pid }: FleetProcess) =>
  execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');

/** Who answers so many requests, each on a connection of its own. */
async function answeredBy(path: string, header: string, times = 30): Promise<Set<string | null>> {
  const api = await gateway();
  const calls = Array.from({ length: times }, () =>
    api.call('GET', path, { headers: { connection: 'close' } }),
  );
  return new Set((await Promise.all(calls)).map(({ headers }) => headers.get(header)));
}

beforeAll(async () => {
  admin = await Administrator.signIn();
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await everybodyReady();
});

describe('the topology', () => {
  it('names every process under its id and pid, and what is under way as the sum over all workers', async () => {
    const orders = await processes('order');
    for (const { id } of orders) await act(id, 'fault', { kind: 'stop', forMs: 3_000 });
    await eventually(async () => orders.every(standsStill) || undefined);
    const asking = answeredBy('/products', 'x-gateway');
    const held = await eventually(async () => {
      const { services } = await topology();
      const instances = services.find(({ name }) => name === 'order')?.instances ?? [];
      const sum = instances.reduce((total, { inFlight }) => total + inFlight, 0);
      return sum === 30 ? instances : undefined;
    });
    for (const { inFlight, seenBy } of held) {
      expect(seenBy.map((each) => each.gateway).sort()).toEqual(['gateway-1', 'gateway-2']);
      expect(seenBy.reduce((total, each) => total + each.inFlight, 0)).toBe(inFlight);
    }
    await asking;
    const { gateways, services, redis, postgres, silent } = await topology();
    const named = [...gateways, ...services.flatMap(({ instances }) => instances)];
    const listed = (await fleet()).processes.filter(({ role }) => /^(gateway|auth|user|order)$/.test(role));
    const pairs = (all: readonly { id: string; pid: number }[]) =>
      all.map(({ id, pid }) => `${id} ${pid}`).sort();
    expect(pairs(named)).toEqual(pairs(listed));
    expect(redis.nodes.map(({ id }) => id).sort()).toEqual(['redis-1', 'redis-2', 'redis-3']);
    const [primary] = await processes('redis-primary');
    expect(redis.nodes.find(({ role }) => role === 'primary')?.id).toBe(primary?.id);
    expect(postgres.map(({ service, state }) => `${service} ${state}`)).toEqual([
      'auth up',
      'user up',
      'order up',
    ]);
    expect(silent).toEqual([]);
  });
});

describe('a drain', () => {
  it('keeps requests from an instance over its heartbeats, until it is undone', async () => {
    const stream = await listen();
    expect(await act('order-1', 'drain')).toMatchObject({ status: 202, body: { state: 'draining' } });
    await seen(stream, 'instance-drained', 'order-1');
    // Longer than any heartbeat.
    await sleep(1_200);
    expect(await answeredBy('/products', 'x-served-by')).toEqual(new Set(['order-2']));
    const { services } = await topology();
    const orders = services.find(({ name }) => name === 'order')?.instances ?? [];
    expect(orders.map(({ id, state }) => `${id} ${state}`).sort()).toEqual([
      'order-1 draining',
      'order-2 ready',
    ]);
    expect(await act('order-1', 'undrain')).toMatchObject({ status: 202, body: { state: 'ready' } });
    await seen(stream, 'instance-up', 'order-1');
    await eventually(async () =>
      (await answeredBy('/products', 'x-served-by')).size === 2 ? true : undefined,
    );
    expect(stream.of('instance-drained')).toHaveLength(1);
  });

  it('has the other gateway workers take all new connections, but not of the last one', async () => {
    const first = await listen();
    const resting = first.gateway;
    const [other] = ['gateway-1', 'gateway-2'].filter((id) => id !== resting);
    expect((await act(resting, 'drain')).status).toBe(202);
    await eventually(async () => first.isOver || undefined);
    expect(await answeredBy('/livez', 'x-gateway')).toEqual(new Set([other]));
    expect(await act(other ?? '', 'drain')).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    const second = await listen(first.events.at(-1)?.id ?? '0');
    await seen(second, 'worker-drained', resting);
    expect((await act(resting, 'undrain')).status).toBe(202);
    await seen(second, 'worker-up', resting);
    await eventually(async () =>
      (await answeredBy('/livez', 'x-gateway', 100)).has(resting) ? true : undefined,
    );
  });

  it('is of who is there', async () => {
    for (const id of ['order-9', 'redis-1', 'postgres']) {
      expect(await act(id, 'drain')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    }
  });
});

describe('a fault', () => {
  it('kills an instance, which comes back under its id; everybody hears of it once, of ejections from each worker', async () => {
    const stream = await listen();
    const victim = await process('user-1');
    expect((await act('user-1', 'fault', { kind: 'kill' })).status).toBe(202);
    const back = await backUnderItsId(victim);
    await seen(stream, 'instance-up', 'user-1');
    const own = (type: string) => stream.of(type).filter((event) => event['instance'] === 'user-1');
    expect(own('instance-down').map((event) => event['pid'])).toEqual([victim.pid]);
    expect(own('instance-up').map((event) => event['pid'])).toEqual([back.pid]);
    const ejected = own('instance-ejected').map(({ worker }) => worker);
    expect(ejected.length).toBeGreaterThan(0);
    expect(new Set(stream.events.map(({ id }) => id)).size).toBe(stream.events.length);
  });

  it('stops processes, which go on by themselves; a gateway worker that stands still is named as silent', async () => {
    // The worker last: it may be the one that takes the orders.
    const victims = await Promise.all(['order-2', 'redis-3', 'gateway-2'].map(process));
    for (const { id } of victims) {
      expect((await act(id, 'fault', { kind: 'stop', forMs: 8_000 })).status).toBe(202);
    }
    // Before that the worker may still take a connection, which then waits with it.
    await eventually(async () => victims.every(standsStill) || undefined);
    const { gateways } = await eventually(async () => {
      const answer = await topology();
      return answer.silent.includes('gateway-2') ? answer : undefined;
    });
    expect(gateways.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'gateway-1 ready',
      'gateway-2 silent',
    ]);
    await eventually(async () => !victims.some(standsStill) || undefined);
    await eventually(async () => ((await topology()).silent.length === 0 ? true : undefined));
    for (const { id, pid } of victims) expect((await process(id)).pid).toBe(pid);
  });

  it('slows an instance, and ends', async () => {
    const victim = await process('order-1');
    expect((await act('order-1', 'fault', { kind: 'slow', forMs: 2_000 })).status).toBe(202);
    await eventually(async () => standsStill(victim) || undefined);
    await eventually(async () => {
      for (let look = 0; look < 5; look += 1) {
        if (standsStill(victim)) return undefined;
        await sleep(30);
      }
      return true;
    });
  });

  it('is of the processes that may be broken', async () => {
    for (const id of ['nobody-1', 'postgres', 'sentinel-1']) {
      expect((await act(id, 'fault', { kind: 'stop', forMs: 100 })).status).toBe(404);
    }
    expect((await act('order-1', 'fault', { kind: 'stop', forMs: 60_001 })).status).toBe(400);
  });
});

describe('the stream of events', () => {
  it('goes on at another worker where it broke off, and tells of the workers themselves', async () => {
    const first = await listen();
    const victim = await process(first.gateway);
    await act('order-1', 'drain');
    const last = await seen(first, 'instance-drained', 'order-1');
    await act('order-1', 'undrain');
    const missed = await seen(first, 'instance-up', 'order-1');
    await act(victim.id, 'fault', { kind: 'kill' });
    await eventually(async () => first.isOver || undefined);
    const second = await eventually(() => listen(last.id).catch(() => undefined));
    await seen(second, 'worker-down', victim.id);
    await seen(second, 'worker-up', victim.id);
    const told = second.events.map(({ id }: SeenEvent) => id);
    expect(told[0]).toBe(missed.id);
    expect(new Set(told).size).toBe(told.length);
    // A worker that was not there then knows of it all the same.
    await backUnderItsId(victim);
    await eventually(async () => {
      const third = await listen(last.id);
      if (third.gateway !== victim.id) return third.close();
      return (await seen(third, 'worker-down', victim.id)) && true;
    });
  });

  it('tells of ends of sessions by their public ids, and ends with the session that opened it', async () => {
    const other = await Administrator.signIn();
    const url = (await fleet()).gateway.url;
    const doomed = await EventStream.open(url, other.device.tokens.access_token);
    const stream = await listen();
    const somebody = await Device.ofNewUser(await gateway());
    await admin.call('DELETE', `/platform/sessions/${somebody.sessionId}`);
    const told = await eventually(async () =>
      stream
        .of('session-revoked')
        .find((event) => (event['sessionIds'] as string[]).includes(somebody.sessionId)),
    );
    expect(told).toMatchObject({ because: 'revoked', revoked: 1 });
    expect(doomed.isOver).toBe(false);
    await other.call('POST', '/auth/logout');
    await eventually(async () => doomed.isOver || undefined);
    expect(stream.isOver).toBe(false);
  });
});
