import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Doors, type Door } from './doors.js';

const SERVICE = '*2\r\n$5\r\nhello\r\n$1\r\n3\r\n';
const SENTINEL = 'PING\r\n';
const everybody = () => true;

let doors: Doors;
let door: Door;
/** Answers what it gets. */
let echo: Server;
let clients: Socket[];

beforeEach(async () => {
  doors = new Doors();
  const [opened] = await doors.open(1);
  if (opened === undefined) throw new Error('no door was opened');
  door = opened;
  clients = [];
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  echo.listen(door.listenPort, '127.0.0.1');
  await once(echo, 'listening');
});

afterEach(() => {
  for (const client of clients) client.destroy();
  doors.close();
  echo.close();
});

/** A client that has greeted and was answered. */
async function client(greeting: string): Promise<Socket> {
  const socket = connect(door.port, '127.0.0.1');
  clients.push(socket.on('error', () => undefined));
  expect(await say(socket, greeting)).toBe(greeting);
  return socket;
}

async function say(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

it('lets everything through', async () => {
  expect(await say(await client(SERVICE), 'GET x')).toBe('GET x');
});

it('cuts the connections of services, and nobody else’s', async () => {
  const [service, sentinel] = [await client(SERVICE), await client(SENTINEL)];
  const closed = once(service, 'close');
  expect(doors.cut(everybody).connections).toBe(1);
  await closed;
  expect(await say(sentinel, 'still here')).toBe('still here');
});

it('spares those that are not meant', async () => {
  const service = await client(SERVICE);
  expect(doors.cut(() => false).connections).toBe(0);
  expect(await say(service, 'still here')).toBe('still here');
});

it('makes connections half open, while new ones are good, and breaks them in the end', async () => {
  const service = await client(SERVICE);
  const heard: string[] = [];
  const { heal } = doors.freeze(everybody);
  service.on('data', (data) => heard.push(data.toString()));
  service.write('is anybody there?');
  expect(await say(await client(SERVICE), 'GET x')).toBe('GET x');
  const closed = once(service, 'close');
  heal();
  await closed;
  expect(heard).toEqual([]);
});

it('delays what goes through, in order, until that ends', async () => {
  const service = await client(SERVICE);
  const { heal } = doors.slow(everybody, 40);
  const sentAt = performance.now();
  service.write('a');
  setImmediate(() => service.write('b'));
  let heard = '';
  while (heard.length < 2) heard += String(((await once(service, 'data')) as [Buffer])[0]);
  expect(heard).toBe('ab');
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(79);
  heal();
  expect(await say(service, 'GET x')).toBe('GET x');
});

it('isolates a server from everybody, also from who comes meanwhile, and lets go of them in the end', async () => {
  const sentinel = await client(SENTINEL);
  const { heal, connections } = doors.isolate(door.port);
  expect(connections).toBe(1);
  const late = connect(door.port, '127.0.0.1').on('error', () => undefined);
  const direct = connect(door.listenPort, '127.0.0.1');
  clients.push(late, direct);
  await once(late, 'connect');
  const heard: string[] = [];
  for (const each of [sentinel, late]) each.on('data', (data) => heard.push(data.toString())).write('PING');
  // By then an answer through the door would have come.
  for (const text of ['one', 'two']) expect(await say(direct, text)).toBe(text);
  expect(heard).toEqual([]);
  const closed = [sentinel, late].map((each) => once(each, 'close'));
  heal();
  await Promise.all(closed);
  expect(await say(await client(SENTINEL), 'GET x')).toBe('GET x');
});

it('leaves an isolated server the services that it has, and those that come, where they are spared', async () => {
  const [service, sentinel] = [await client(SERVICE), await client(SENTINEL)];
  const { heal } = doors.isolate(door.port, 'services');
  const heard: string[] = [];
  sentinel.on('data', (data) => heard.push(data.toString())).write('PING');
  expect(await say(service, 'GET x')).toBe('GET x');
  expect(await say(await client(SERVICE), 'GET y')).toBe('GET y');
  expect(heard).toEqual([]);
  heal();
});
