import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetProcess } from '@holdfast/fleet-client';
import type { FleetControl } from '../fleet-control.js';
import type { GatewayFault } from './gateway-fault.js';

const HUNG_MS = 4_000;
const SLOW_MS = 6_000;
/** Of 100 ms it runs for 10: a tenth of its speed, without privileges. */
const SLOW_STEP = { standsMs: 90, runsMs: 10 };

async function first(fleet: FleetControl, role: FleetProcess['role']): Promise<FleetProcess> {
  const [victim] = await fleet.processes(role);
  if (victim === undefined) throw new Error(`the platform has no ${role}`);
  return victim;
}

async function killAndAwait(fleet: FleetControl, victim: FleetProcess): Promise<void> {
  fleet.kill(victim);
  await fleet.backAgain(victim);
}

/** kill -9 of one instance of each service, one after the other. */
export const instanceKilled: GatewayFault = {
  name: 'instance',
  title: 'kill -9 of an instance of each service',
  mayFail: 'nothing',
  async strike(fleet) {
    for (const role of ['order', 'user', 'auth'] as const)
      await killAndAwait(fleet, await first(fleet, role));
  },
};

const instanceHung: GatewayFault = {
  name: 'hung',
  title: 'an order instance stands still for 4 s',
  mayFail: 'nothing',
  async strike(fleet) {
    fleet.hang(await first(fleet, 'order'));
    await sleep(HUNG_MS);
    fleet.wake();
  },
};

const instanceSlow: GatewayFault = {
  name: 'slow',
  title: 'an order instance runs at a tenth of its speed for 6 s',
  mayFail: 'nothing',
  keepsPace: true,
  async strike(fleet) {
    const victim = await first(fleet, 'order');
    const until = performance.now() + SLOW_MS;
    while (performance.now() < until) {
      fleet.hang(victim);
      await sleep(SLOW_STEP.standsMs);
      fleet.wake();
      await sleep(SLOW_STEP.runsMs);
    }
  },
};

/** kill -9 of one gateway worker. */
export const workerKilled: GatewayFault = {
  name: 'worker',
  title: 'kill -9 of a gateway worker',
  mayFail: 'held',
  async strike(fleet) {
    await killAndAwait(fleet, await first(fleet, 'gateway'));
  },
};

const workerHung: GatewayFault = {
  name: 'worker-hung',
  title: 'a gateway worker stands still for 4 s',
  mayFail: 'nothing',
  async strike(fleet) {
    fleet.hang(await first(fleet, 'gateway'));
    await sleep(HUNG_MS);
    fleet.wake();
  },
};

/** SIGTERM to every service instance and gateway worker, one after the other, each waited for. */
export const rollingRestart: GatewayFault = {
  name: 'rolling',
  title: 'rolling restart of every service instance and gateway worker',
  mayFail: 'nothing',
  async strike(fleet) {
    for (const victim of await fleet.processes('order', 'user', 'auth', 'gateway')) {
      process.kill(victim.pid, 'SIGTERM');
      await fleet.backAgain(victim);
    }
  },
};

/** Every fault of what stands between a client and the stores, in the order in which they strike. */
export const GATEWAY_FAULTS: readonly GatewayFault[] = [
  instanceKilled,
  instanceHung,
  instanceSlow,
  workerKilled,
  workerHung,
  rollingRestart,
];
