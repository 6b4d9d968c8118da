import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { vote } from '@holdfast/fleet-client';
import { byId, FleetBench, idsOf, kill, primaryOf, TEST_TIMEOUT_MS, WITHIN } from './fixtures/fleet-bench.js';
import { freePort } from './free-port.js';
import type { TestFleet } from './start-fleet.js';
import { until } from './until.js';

const bench = new FleetBench();
let forwarders: readonly Server[];
/** From where it is forwarded, and to where. */
let ports: readonly number[];
let listenPorts: readonly number[];
let fleet: TestFleet;

beforeAll(async () => {
  listenPorts = [await freePort(), await freePort(), await freePort()];
  forwarders = await Promise.all(listenPorts.map(forwardTo));
  ports = forwarders.map((server) => (server.address() as AddressInfo).port);
  const env = { REDIS_PORTS: ports.join(','), REDIS_LISTEN_PORTS: listenPorts.join(',') };
  fleet = await bench.start({ env });
}, TEST_TIMEOUT_MS);
afterAll(async () => {
  await bench.stopAll();
  bench.delete();
  for (const server of forwarders) server.close();
}, TEST_TIMEOUT_MS);

it(
  'tells of Redis nodes at the ports from which it is forwarded to them, also after an election',
  async () => {
    const nodes = [...idsOf(fleet, 'redis-primary'), ...idsOf(fleet, 'redis-replica')];
    expect(nodes.map((id) => byId(fleet, id).port).sort()).toEqual([...ports].sort());
    const before = primaryOf(fleet);
    kill(before);
    expect(await until(() => primaryOf(fleet).id !== before.id, WITHIN)).toBe(true);
    const [sentinel = ''] = idsOf(fleet, 'redis-sentinel');
    expect(await vote(byId(fleet, sentinel).port)).toBe(primaryOf(fleet).port);
  },
  TEST_TIMEOUT_MS,
);

async function forwardTo(port: number): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('error', () => far.destroy()).pipe(far);
    far.on('error', () => near.destroy()).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
