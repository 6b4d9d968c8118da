import { setTimeout as sleep } from 'node:timers/promises';
import { FleetControl } from '@holdfast/chaos';
import { layoutOf, switchPrimary } from '@holdfast/store-ops';
import { askRedis } from '@holdfast/fleet-client';
import type { Doors } from './doors.js';
import type { Places, Service } from './places.js';
import type { Random } from './random.js';

/** The platform, to be hurt. Without doors nothing can be done to single connections. */
export interface Platform {
  readonly home: string;
  readonly places: Places;
  readonly doors?: Doors | undefined;
}

/** Something that happens to the platform. `strike` resolves when nothing is held down any more. */
export interface Fault {
  readonly name: string;
  /** Whether a primary may fall by it. */
  readonly losesUnacknowledged?: boolean;
  strike(platform: Platform, random: Random): Promise<void>;
}

const ROLES: readonly (Service | 'gateway')[] = ['auth', 'user', 'order', 'gateway'];

/** Faults of connections between the services and Redis. */
const LINK_FAULTS: readonly Fault[] = [
  {
    name: 'links slow',
    async strike({ doors }, random) {
      const share = random.between(0.2, 1);
      const heal = doors?.slow(() => random.next() < share, random.between(20, 250));
      await sleep(random.between(500, 2_500));
      heal?.();
    },
  },
  {
    name: 'links cut',
    strike({ doors }, random) {
      const share = random.between(0.2, 1);
      doors?.cut(() => random.next() < share);
      return Promise.resolve();
    },
  },
  {
    name: 'links half open',
    async strike({ doors }, random) {
      const share = random.between(0.1, 0.6);
      const heal = doors?.freeze(() => random.next() < share);
      await sleep(random.between(1_000, 4_000));
      heal?.();
    },
  },
];

const clientsCut: Fault = {
  name: 'clients cut',
  async strike({ home }) {
    const primary = await new FleetControl(home).primary();
    if (primary !== undefined) await askRedis(primary.port, 'CLIENT KILL TYPE normal');
  },
};

const INSTANCE_FAULTS: readonly Fault[] = [
  {
    name: 'instance stalled',
    async strike({ home, places }, random) {
      const fleet = new FleetControl(home);
      const role = random.pick(ROLES) ?? 'auth';
      const instance = random.pick(places.processes(role));
      if (instance !== undefined) fleet.hang(instance);
      await sleep(random.between(300, 4_000));
      fleet.wake();
    },
  },
  {
    name: 'instance killed',
    strike({ home, places }, random) {
      const role = random.pick(ROLES) ?? 'auth';
      const instance = random.pick(places.processes(role));
      if (instance !== undefined) killQuietly(new FleetControl(home), instance);
      return Promise.resolve();
    },
  },
];

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
    ...(doors === undefined ? [] : [primaryIsolated]),
  ];
}

const primaryKilled: Fault = {
  name: 'primary killed',
  losesUnacknowledged: true,
  async strike({ home }) {
    const fleet = new FleetControl(home);
    fleet.kill((await fleet.dataRoles()).primary);
  },
};

const primaryHung: Fault = {
  name: 'primary hung',
  losesUnacknowledged: true,
  async strike({ home }, random) {
    const fleet = new FleetControl(home);
    fleet.hang((await fleet.dataRoles()).primary);
    await sleep(random.between(400, 7_000));
    fleet.wake();
  },
};

const primarySwitched: Fault = {
  name: 'primary switched by plan',
  losesUnacknowledged: true,
  async strike({ home }) {
    await switchPrimary(layoutOf(await new FleetControl(home).run()), () => undefined);
  },
};

const replicaKilled: Fault = {
  name: 'replica killed',
  async strike({ home }, random) {
    const fleet = new FleetControl(home);
    const replica = random.pick((await fleet.dataRoles()).replicas);
    if (replica !== undefined) fleet.kill(replica);
  },
};

const primaryIsolated: Fault = {
  name: 'primary isolated',
  losesUnacknowledged: true,
  async strike({ home, doors }, random) {
    const { primary } = await new FleetControl(home).dataRoles();
    const heal = doors?.isolate(primary.port);
    await sleep(random.between(3_000, 8_000));
    heal?.();
  },
};

/** It may have ended since the run file was read. */
function killQuietly(fleet: FleetControl, process: { readonly pid: number }): void {
  try {
    fleet.kill(process);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
