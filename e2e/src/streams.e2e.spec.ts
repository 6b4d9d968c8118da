import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser, Device, expectStatus, register } from '@holdfast/fleet-client';
import { Administrator } from './administrators.js';
import { EventStream } from './event-stream.js';
import { eventually, fleet, gateway, processes } from './fleet.js';
import { LiveService } from './live-service.js';
import { LiveSocket } from './live-socket.js';

const AT_ONCE = 4;

let live: LiveService;
let url: string;
const open: { close(): void }[] = [];

beforeAll(async () => {
  url = (await fleet()).gateway.url;
  const [primary] = await processes('redis-primary');
  live = await LiveService.start(primary?.port ?? 0);
  // Each worker hears of it for itself.
  const { tokens } = await Device.guest(await gateway());
  await onEachWorker(() => socketOf({ authorization: `Bearer ${tokens.access_token}` }));
});

afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

afterAll(() => live.stop());

const socketOf = (headers: Readonly<Record<string, string>>) => LiveSocket.open(url, headers);
const eventsOf = ({ tokens }: Device) => EventStream.open(url, tokens.access_token, undefined, '/live');
const webSocketOf = ({ tokens }: Device) => socketOf({ authorization: `Bearer ${tokens.access_token}` });

/** What a page has: its cookie, and where it comes from. */
const webSocketOfPage = ({ cookie = '' }: Browser) =>
  socketOf({ cookie: `__Host-session=${cookie}; theme=dark`, origin: url });

/** Opens streams until each gateway worker has one: which worker takes a connection, nobody says beforehand. */
async function onEachWorker<T extends { readonly gateway: string; close(): void }>(
  openOne: () => Promise<T>,
): Promise<T[]> {
  const found = new Map<string, T>();
  const all = (await processes('gateway')).length;
  await eventually(async () => {
    const some = await Promise.allSettled(Array.from({ length: AT_ONCE }, openOne));
    for (const stream of some.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))) {
      open.push(stream);
      if (found.has(stream.gateway)) stream.close();
      else found.set(stream.gateway, stream);
    }
    return found.size === all || undefined;
  });
  return [...found.values()];
}

describe('streams of a service of one’s own', () => {
  it('pass on every worker, a page’s with an access token in place of its cookie', async () => {
    const api = await gateway();
    const page = await Browser.guest(api);
    const sockets = await onEachWorker(() => webSocketOfPage(page));
    for (const socket of sockets) await socket.echo('hello');
    expect(sockets.map(({ messages }) => messages)).toEqual(sockets.map(() => ['hello']));
    const { cookie, authorization } = live.requests.at(-1)?.headers ?? {};
    expect(cookie).toBe('theme=dark');
    expect(authorization).toMatch(/^Bearer eyJ/);
    const streams = await Device.guest(api).then((device) => onEachWorker(() => eventsOf(device)));
    live.say('tick');
    await eventually(async () => streams.every((stream) => stream.of('tick').length === 1) || undefined);
  });

  it('G8: are closed on every worker when the receipt of a logout elsewhere answers; those of others go on', async () => {
    const api = await gateway();
    const ada = await register(api);
    const others = await Device.guest(api).then((device) => onEachWorker(() => webSocketOf(device)));
    const phone = await Device.signIn(api, ada);
    // A receipt that somebody was late for says so, and is no proof: a busy machine is asked for another one.
    await eventually(async () => {
      const laptop = await Device.signIn(api, ada);
      const sockets = await onEachWorker(() => webSocketOf(laptop));
      const streams = await onEachWorker(() => eventsOf(laptop));
      const receipt = await phone.call('DELETE', `/auth/sessions/${laptop.sessionId}`);
      live.say('too late');
      expect(receipt).toMatchObject({ status: 200, body: { revoked: 1 } });
      for (const { closed } of sockets) expect(await closed).toEqual([1008, 'the session has ended']);
      await eventually(async () => streams.every(({ isOver }) => isOver) || undefined);
      if (receipt.body['acknowledgedBy'] !== receipt.body['instances']) return undefined;
      expect(sockets.flatMap(({ messages }) => messages)).toEqual([]);
      expect(streams.flatMap(({ events }) => events)).toEqual([]);
      return true;
    });
    for (const other of others) await other.echo('still here');
  });

  it('bitten 12: are told to come again by a worker that drains, and by no other', async () => {
    const admin = await Administrator.signIn();
    const somebody = await Device.guest(await gateway());
    const sockets = await onEachWorker(() => webSocketOf(somebody));
    const streams = await onEachWorker(() => eventsOf(somebody));
    const leaving = sockets[0]?.gateway;
    const [goes, stays] = [true, false].map((isLeaving) => ({
      socket: sockets.find((each) => (each.gateway === leaving) === isLeaving),
      events: streams.find((each) => (each.gateway === leaving) === isLeaving),
    }));
    const act = (action: string) => admin.call('POST', `/platform/instances/${leaving}/${action}`);
    expectStatus('drain', 202, await act('drain'));
    try {
      expect(await goes?.socket?.closed).toEqual([1001, 'going away']);
      await eventually(async () => goes?.events?.isOver || undefined);
      const again = await webSocketOf(somebody);
      open.push(again);
      expect(again.gateway).toBe(stays?.socket?.gateway);
      await stays?.socket?.echo('still here');
      expect(stays?.events?.isOver).toBe(false);
    } finally {
      expectStatus('undrain', 202, await act('undrain'));
    }
  });
});
