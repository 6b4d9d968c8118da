import type { Revoked } from './revoking.js';

/** How many processes that verify sessions have confirmed something, out of how many. */
export interface Acknowledged {
  readonly acknowledgedBy: number;
  /** All that verified within the last access token's lifetime and were neither replaced nor signed off. */
  readonly instances: number;
}

/** Who can say what other processes have heard. */
export interface Acknowledgements {
  /**
   * Resolves once every verifying process has heard of everything that is journalled at this moment, or after a
   * second. Never rejects: who cannot be asked has not confirmed.
   */
  acknowledged(): Promise<Acknowledged>;
}

/** Of a process alone, and of processes that ask the store each time: what is in the store is heard by all. */
export const ALONE: Acknowledgements = {
  acknowledged: async () => ({ acknowledgedBy: 1, instances: 1 }),
};

/** A revocation, and who has confirmed that it refuses what was revoked. */
export type RevocationReceipt = Revoked & Acknowledged;
