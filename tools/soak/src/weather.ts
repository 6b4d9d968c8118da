import { setTimeout as sleep } from 'node:timers/promises';
import { FleetControl } from '@holdfast/chaos';
import { passingFaults, storeFaults, type Fault, type Platform } from './faults.js';
import type { Random } from './random.js';
import type { Recorder } from './recorder.js';

/** How long it is calm between two faults, in milliseconds. */
export interface Calm {
  readonly least: number;
  readonly most: number;
}

/** How often what happens. */
export interface Climate {
  readonly passing: Calm;
  readonly store: Calm;
  /** The names of the faults that may strike; all of them by default. */
  readonly only?: readonly string[] | undefined;
}

const REST_MS = 1_000;
/** Nothing of it is worth waiting for longer than a sleep that has begun. */
const LOOK_EVERY_MS = 100;

/**
 * Has faults strike until `isOver`: those of connections and instances one after the other, and beside them those of the
 * Redis nodes, each once the store is whole again. Which, when and how long comes from the seed; where an instance or the
 * primary is meant, it is the one of that moment.
 */
export async function weather(
  platform: Platform,
  { recorder, random, climate }: { recorder: Recorder; random: Random; climate: Climate },
  isOver: () => boolean,
): Promise<void> {
  const strikes = async (name: string, faults: readonly Fault[], calm: Calm): Promise<void> => {
    const own = random.fork(name);
    for (;;) {
      await pause(own.between(calm.least, calm.most), isOver);
      const fault = own.pick(faults);
      if (isOver() || fault === undefined) return;
      // Drawn before anything is waited for: what strikes next does not depend on how this one went.
      const drawn = own.fork(String(own.next()));
      if (name === 'store') await new FleetControl(platform.home).whole(REST_MS);
      const loses = fault.losesUnacknowledged === true;
      await recorder.during(fault.name, loses, () => fault.strike(platform, drawn));
    }
  };
  const isMeant = ({ name }: Fault): boolean => climate.only?.includes(name) ?? true;
  await Promise.all([
    strikes('passing', passingFaults(platform).filter(isMeant), climate.passing),
    strikes('store', storeFaults(platform).filter(isMeant), climate.store),
  ]);
}

async function pause(ms: number, isOver: () => boolean): Promise<void> {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs && !isOver()) await sleep(LOOK_EVERY_MS);
}
