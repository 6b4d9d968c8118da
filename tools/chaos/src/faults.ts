import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis } from '@holdfast/fleet-client';
import { layoutOf, switchPrimary } from '@holdfast/store-ops';
import type { Fault } from './fault.js';
import { minority } from './minority.js';
import { postgresAway } from './postgres-away.js';

const HUNG_MS = 6_000;
const AWAY_MS = 30_000;

/** kill -9 of the primary. */
export const primaryKilled: Fault = {
  name: 'killed',
  title: 'primary killed',
  recoversFrom: 'strike',
  async strike(fleet) {
    fleet.kill((await fleet.dataRoles()).primary);
  },
};

/** The primary stands still, another is elected, and it comes back with what it knew. */
export const primaryHung: Fault = {
  name: 'hung',
  title: 'primary hung for 6 s, and back',
  recoversFrom: 'strike',
  async strike(fleet) {
    fleet.hang((await fleet.dataRoles()).primary);
    await sleep(HUNG_MS);
    fleet.wake();
  },
};

const planned: Fault = {
  name: 'planned',
  title: 'planned switch (store:switch)',
  recoversFrom: 'strike',
  async strike(fleet) {
    await switchPrimary(layoutOf(await fleet.run()), () => undefined);
  },
};

const replicaKilled: Fault = {
  name: 'replica',
  title: 'one replica killed',
  recoversFrom: 'strike',
  async strike(fleet) {
    fleet.kill(...(await fleet.dataRoles()).replicas.slice(0, 1));
  },
};

const replicasKilled: Fault = {
  name: 'replicas',
  title: 'both replicas killed',
  recoversFrom: 'strike',
  async strike(fleet) {
    fleet.kill(...(await fleet.dataRoles()).replicas);
  },
};

const redisAway: Fault = {
  name: 'away',
  title: 'all of Redis away for 30 s',
  recoversFrom: 'end',
  forbids: /^4/,
  async strike(fleet) {
    fleet.hang(...(await fleet.dataNodes()));
    await sleep(AWAY_MS);
    fleet.wake();
  },
};

const dataGone: Fault = {
  name: 'gone',
  title: 'all data gone (FLUSHALL)',
  recoversFrom: 'strike',
  mayLose: true,
  forbids: /^5/,
  async strike(fleet) {
    const { primary } = await fleet.dataRoles();
    const answer = await askRedis(primary.port, 'FLUSHALL');
    if (answer?.startsWith('+OK') !== true) throw new Error(`FLUSHALL: ${answer ?? 'no answer'}`);
  },
};

/** Every fault of the store, in the order in which they strike. */
export const STORE_FAULTS: readonly Fault[] = [
  primaryKilled,
  primaryHung,
  planned,
  replicaKilled,
  replicasKilled,
  redisAway,
  // It looks into /proc to find whose connections are whose.
  ...(process.platform === 'linux' ? [minority] : []),
  postgresAway,
  dataGone,
];
