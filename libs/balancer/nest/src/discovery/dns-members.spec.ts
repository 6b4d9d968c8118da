import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDiscovery, type Member } from '@holdfast/balancer-core';
import { DnsMembers } from './dns-members.js';
import { addresses, NameServer } from './spec/name-server.js';
import { StaticMembers } from './static-members.js';

let server: NameServer;
let watch: { stop(): void } | undefined;

beforeEach(async () => {
  server = await NameServer.start();
});

afterEach(async () => {
  watch?.stop();
  await server.stop();
});

function originsOf(setting: string) {
  const parsed = parseDiscovery(setting);
  if (parsed.kind === 'registry') throw new Error('no origins');
  return parsed.origins;
}

/** What is reported, in its order; `next` waits for one that is not yet taken. */
function follow(setting: string) {
  const reported: (readonly Member[])[] = [];
  let taken = 0;
  let onReport: (() => void) | undefined;
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([server.address]);
  watch = new DnsMembers(originsOf(setting), { resolver, intervalMs: 5 }).watch((members) => {
    reported.push(members);
    onReport?.();
  });
  const next = async (): Promise<string[]> => {
    while (reported.length <= taken) await new Promise<void>((resolve) => (onReport = resolve));
    return (reported[taken++] ?? []).map(({ url }) => url);
  };
  return { next, reported };
}

describe('DnsMembers', () => {
  it('lists an instance for each address, and follows changes', async () => {
    server.records.set('order.test A', addresses('order.test', '10.0.0.2', '10.0.0.1'));
    const { next, reported } = follow('dns:order=http://order.test:3000');
    expect(await next()).toEqual(['http://10.0.0.1:3000', 'http://10.0.0.2:3000']);
    expect(reported[0]?.[0]).toMatchObject({ id: 'order-10.0.0.1-3000', service: 'order', state: 'ready' });
    server.records.set('order.test A', addresses('order.test', '10.0.0.3'));
    expect(await next()).toEqual(['http://10.0.0.3:3000']);
  });

  it('finds no news in another order', async () => {
    server.records.set('order.test A', addresses('order.test', '10.0.0.1', '10.0.0.2'));
    const { next, reported } = follow('dns:order=http://order.test');
    expect(await next()).toEqual(['http://10.0.0.1', 'http://10.0.0.2']);
    server.records.set('order.test A', addresses('order.test', '10.0.0.2', '10.0.0.1'));
    await server.asked(3);
    expect(reported).toHaveLength(1);
  });

  it.each([
    ['the name server fails', () => (server.isFailing = true)],
    ['the name is gone', () => server.records.clear()],
    ['the name has no address', () => server.records.set('order.test A', [])],
  ])('keeps whom it knew while %s', async (_why, breakIt) => {
    server.records.set('order.test A', addresses('order.test', '10.0.0.1'));
    const { next } = follow('dns:order=http://order.test');
    expect(await next()).toEqual(['http://10.0.0.1']);
    breakIt();
    await server.asked(5);
    server.isFailing = false;
    server.records.set('order.test A', addresses('order.test', '10.0.0.2'));
    expect(await next()).toEqual(['http://10.0.0.2']);
  });

  it('takes IPv6 addresses where there are no others', async () => {
    server.records.set('order.test AAAA', addresses('order.test', 'fd00::12'));
    const { next } = follow('dns:order=http://order.test:80,http://both.test:81');
    server.records.set('both.test A', addresses('both.test', '10.0.0.1'));
    server.records.set('both.test AAAA', addresses('both.test', 'fd00::1'));
    expect(await next()).toEqual(['http://10.0.0.1:81', 'http://[fd00::12]']);
  });

  it('takes the port and the weight from SRV records, and those that come first', async () => {
    const name = '_http._tcp.order.test';
    const record = (target: string, priority: number, weight: number) =>
      ({ type: 'SRV', name, ttl: 0, data: { target, priority, weight, port: 3_001 } }) as const;
    server.records.set(`${name} SRV`, [
      record('a.test', 1, 5),
      record('b.test', 1, 0),
      record('c.test', 2, 9),
    ]);
    const { next, reported } = follow(`dns:order=http://${name}`);
    expect(await next()).toEqual(['http://a.test:3001', 'http://b.test:3001']);
    expect(reported[0]?.map(({ weight }) => weight)).toEqual([5, 1]);
  });

  it('reports who is known while another service does not resolve, and that one when it does', async () => {
    server.records.set('order.test A', addresses('order.test', '10.0.0.1'));
    const { next } = follow('dns:order=http://order.test;user=http://user.test');
    expect(await next()).toEqual(['http://10.0.0.1']);
    server.records.set('user.test A', addresses('user.test', '10.0.0.9'));
    expect(await next()).toEqual(['http://10.0.0.1', 'http://10.0.0.9']);
  });

  it('asks no more once it is stopped', async () => {
    server.records.set('order.test A', addresses('order.test', '10.0.0.1'));
    const { next, reported } = follow('dns:order=http://order.test');
    await next();
    watch?.stop();
    server.records.set('order.test A', addresses('order.test', '10.0.0.2'));
    watch = undefined;
    const other = follow('dns:order=http://order.test');
    expect(await other.next()).toEqual(['http://10.0.0.2']);
    await server.asked(3);
    expect(reported).toHaveLength(1);
  });
});

describe('StaticMembers', () => {
  it('lists what is written down, at once', () => {
    const members = new StaticMembers(originsOf('static:order=http://a:1,https://b;user=http://c:3'));
    const reported: string[][] = [];
    members.watch((all) => reported.push(all.map(({ id, url }) => `${id} ${url}`)));
    expect(reported).toEqual([['order-a-1 http://a:1', 'order-b https://b', 'user-c-3 http://c:3']]);
  });
});
