import type { FleetControl } from './fleet-control.js';
import type { Kind } from './traffic.js';

/** Something that happens to the platform under load. */
export interface Fault {
  /** What it is called on the command line. */
  readonly name: string;
  /** What it is called in the table. */
  readonly title: string;
  /** Brings it about; resolves when nothing is held down any more. */
  strike(fleet: FleetControl): Promise<void>;
  /** From when recovery is timed: `strike` where the platform recovers by itself, `end` where it must be let go first. */
  readonly recoversFrom: 'strike' | 'end';
  /** Whether sessions that were begun before may be lost by it: the data are gone. False by default. */
  readonly mayLose?: boolean;
  /** What must not fail at all. */
  readonly spares?: readonly Kind[];
  /** Reasons of failures that it must not bring. */
  readonly forbids?: RegExp;
}
