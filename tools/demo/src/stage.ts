import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiClient,
  processesOf,
  readRunFile,
  type Device,
  type FleetProcess,
  type RunFile,
} from '@holdfast/fleet-client';

/** One line of the table at the end: what was promised, what was seen, and whether it held. */
export interface Finding {
  readonly promise: string;
  readonly seen: string;
  readonly held: boolean;
}

/** What the heroine has signed in with by the end: her laptop, a browser, her phone. */
export const DEVICES = 3;
const BACK_WITHIN_MS = 30_000;

/** The running fleet, and who plays in the story. */
export class Stage {
  constructor(
    /** The `.holdfast` folder of the fleet. */
    readonly home: string,
    readonly run: RunFile,
    readonly gateway: ApiClient,
    /** The heroine's laptop: signed in by the first act, signed out by the last. */
    readonly laptop: Device,
  ) {}

  /** The processes of a role as they are at this moment. */
  async processes(role: FleetProcess['role']): Promise<readonly FleetProcess[]> {
    return processesOf((await readRunFile(this.home)) ?? this.run, role);
  }

  /** Waits until a process that was killed runs again under its id. */
  async backAgain({ id, role, pid }: FleetProcess): Promise<void> {
    const deadline = Date.now() + BACK_WITHIN_MS;
    const isBack = async () =>
      (await this.processes(role)).some((each) => each.id === id && each.pid !== pid);
    while (!(await isBack())) {
      if (Date.now() > deadline) throw new Error(`${id} does not come back`);
      await sleep(50);
    }
  }

  /** Each instance of a service, by its own address. */
  async instances(service: 'auth' | 'user' | 'order'): Promise<readonly { id: string; device: Device }[]> {
    const processes = await this.processes(service);
    return processes.map(({ id, port }) => ({
      id,
      device: this.laptop.at(new ApiClient(`http://127.0.0.1:${port}`)),
    }));
  }
}

/** An act of the story: does something to the running fleet and says what came of it. */
export interface Act {
  readonly title: string;
  play(stage: Stage): Promise<Finding>;
}
