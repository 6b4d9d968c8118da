import type { FleetControl } from '../fleet-control.js';

/** Something that happens to services or gateway workers under load. */
export interface GatewayFault {
  /** What it is called on the command line. */
  readonly name: string;
  /** What it is called in the table. */
  readonly title: string;
  /** Brings it about; settles when whoever was hurt is well again. */
  strike(fleet: FleetControl): Promise<void>;
  /** `nothing`: no request may fail. `held`: those may that the victim held when it died. */
  readonly mayFail: 'nothing' | 'held';
  /** Whether all but one in a hundred requests must be answered in time, the victim notwithstanding. */
  readonly keepsPace?: boolean;
}
