import { setTimeout as sleep } from 'node:timers/promises';
import { FleetControl } from '@holdfast/chaos';
import { layoutOf, switchPrimary } from '@holdfast/store-ops';
import { askRedis, MASTER_NAME } from '@holdfast/fleet-client';
import type { Doors, Hit } from './doors.js';
import type { Places, Service } from './places.js';
import type { Random } from './random.js';

/** The platform, to be hurt. Without doors nothing can be done to single connections. */
export interface Platform {
  readonly home: string;
  readonly places: Places;
  readonly doors?: Doors | undefined;
}

/** Something that happens to the platform. */
export interface Fault {
  readonly name: string;
  /** Whether a primary may fall by it. */
  readonly losesUnacknowledged?: boolean;
  /** Resolves when nothing is held down any more: to how many connections or processes it was done. */
  strike(platform: Platform, random: Random): Promise<number>;
}

const ROLES: readonly (Service | 'gateway')[] = ['auth', 'user', 'order', 'gateway'];

const SENT_AWAY_SHARE = 0.5;
const ELECTED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** Faults of connections between the services and Redis. */
const LINK_FAULTS: readonly Fault[] = [
  {
    name: 'links-slow',
    async strike({ doors }, random) {
      const share = random.between(0.2, 1);
      const hit = doors?.slow(() => random.next() < share, random.between(20, 250));
      return heldFor(hit, random.between(500, 2_500));
    },
  },
  {
    name: 'links-cut',
    async strike({ doors }, random) {
      const share = random.between(0.2, 1);
      return heldFor(
        doors?.cut(() => random.next() < share),
        0,
      );
    },
  },
  {
    name: 'links-half-open',
    async strike({ doors }, random) {
      const share = random.between(0.1, 0.6);
      const hit = doors?.freeze(() => random.next() < share);
      return heldFor(hit, random.between(1_000, 4_000));
    },
  },
];

const clientsCut: Fault = {
  name: 'clients-cut',
  async strike({ home }) {
    const primary = await new FleetControl(home).primary();
    const killed = primary && (await askRedis(primary.port, 'CLIENT KILL TYPE normal'));
    return Number(killed?.slice(1) ?? 0);
  },
};

const INSTANCE_FAULTS: readonly Fault[] = [
  {
    name: 'instance-stalled',
    async strike({ home, places }, random) {
      const fleet = new FleetControl(home);
      const role = random.pick(ROLES) ?? 'auth';
      const instance = random.pick(places.processes(role));
      if (instance !== undefined) fleet.hang(instance);
      await sleep(random.between(300, 4_000));
      fleet.wake();
      return instance === undefined ? 0 : 1;
    },
  },
  {
    name: 'instance-killed',
    strike({ home, places }, random) {
      const role = random.pick(ROLES) ?? 'auth';
      const instance = random.pick(places.processes(role));
      if (instance !== undefined) killQuietly(new FleetControl(home), instance);
      return Promise.resolve(instance === undefined ? 0 : 1);
    },
  },
];

const primaryKilled: Fault = {
  name: 'primary-killed',
  losesUnacknowledged: true,
  async strike({ home }) {
    const fleet = new FleetControl(home);
    fleet.kill((await fleet.dataRoles()).primary);
    return 1;
  },
};

const primaryHung: Fault = {
  name: 'primary-hung',
  losesUnacknowledged: true,
  async strike({ home }, random) {
    const fleet = new FleetControl(home);
    fleet.hang((await fleet.dataRoles()).primary);
    await sleep(random.between(400, 7_000));
    fleet.wake();
    return 1;
  },
};

const primarySwitched: Fault = {
  name: 'primary-switched',
  losesUnacknowledged: true,
  async strike({ home }) {
    await switchPrimary(layoutOf(await new FleetControl(home).run()), () => undefined);
    return 1;
  },
};

const replicaKilled: Fault = {
  name: 'replica-killed',
  async strike({ home }, random) {
    const fleet = new FleetControl(home);
    const replica = random.pick((await fleet.dataRoles()).replicas);
    if (replica !== undefined) fleet.kill(replica);
    return replica === undefined ? 0 : 1;
  },
};

const primaryIsolated: Fault = {
  name: 'primary-isolated',
  losesUnacknowledged: true,
  async strike({ home, doors }, random) {
    const { primary } = await new FleetControl(home).dataRoles();
    return heldFor(doors?.isolate(primary.port), random.between(3_000, 8_000));
  },
};

/** The services stay with a primary that was deposed and cannot be told; then some of them find the new one. */
const primaryInMinority: Fault = {
  name: 'primary-in-minority',
  losesUnacknowledged: true,
  async strike({ home, doors }, random) {
    const fleet = new FleetControl(home);
    const { primary } = await fleet.dataRoles();
    const hit = doors?.isolate(primary.port, 'services');
    const [sentinel] = await fleet.processes('redis-sentinel');
    await askRedis(sentinel?.port ?? 0, `SENTINEL FAILOVER ${MASTER_NAME}`);
    await elected(fleet, primary.id);
    doors?.cut(() => random.next() < SENT_AWAY_SHARE);
    return heldFor(hit, random.between(2_000, 6_000));
  },
};

/** The name of every fault. */
export const FAULT_NAMES: readonly string[] = [
  ...LINK_FAULTS,
  ...INSTANCE_FAULTS,
  clientsCut,
  primaryKilled,
  primaryHung,
  primarySwitched,
  replicaKilled,
  primaryIsolated,
  primaryInMinority,
].map(({ name }) => name);

/** Faults of connections and instances: one may follow the other at once. */
export function passingFaults({ doors }: Platform): readonly Fault[] {
  return [...(doors === undefined ? [clientsCut] : LINK_FAULTS), ...INSTANCE_FAULTS];
}

/** Faults of Redis nodes: the next one waits until the store is whole again. */
export function storeFaults({ doors }: Platform): readonly Fault[] {
  return [
    primaryKilled,
    primaryHung,
    primarySwitched,
    replicaKilled,
    ...(doors === undefined ? [] : [primaryIsolated, primaryInMinority]),
  ];
}

/** Waits until the Sentinels name another primary, or for long enough. */
async function elected(fleet: FleetControl, before: string): Promise<void> {
  const deadlineAtMs = performance.now() + ELECTED_WITHIN_MS;
  while (performance.now() < deadlineAtMs) {
    const now = await fleet.primary();
    if (now !== undefined && now.id !== before) return;
    await sleep(LOOK_EVERY_MS);
  }
}

async function heldFor(hit: Hit | undefined, ms: number): Promise<number> {
  await sleep(ms);
  hit?.heal();
  return hit?.connections ?? 0;
}

/** It may have ended since the run file was read. */
function killQuietly(fleet: FleetControl, process: { readonly pid: number }): void {
  try {
    fleet.kill(process);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
