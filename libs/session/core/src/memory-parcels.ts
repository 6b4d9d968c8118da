import type { ClaimOutcome } from './session-store.js';

interface Claim {
  readonly by: string;
  readonly until: number;
  readonly formerly: readonly string[];
}

interface Parcel {
  /** `undefined` once it was dropped. */
  readonly data: Readonly<Record<string, string>> | undefined;
  readonly forgetAt: number;
  readonly claim?: Claim;
}

/** The data that ended sessions left behind, in the memory store. Callers say what time it is. */
export class MemoryParcels {
  readonly #parcels = new Map<string, Parcel>();

  constructor(private readonly lifeMs: number) {}

  /** @param data - JSON by namespace; without any there is no parcel */
  keep(sessionId: string, data: Readonly<Record<string, string>>, now: number): void {
    if (Object.keys(data).length > 0) this.#parcels.set(sessionId, { data, forgetAt: now + this.lifeMs });
  }

  claim(sessionId: string, claimantId: string, leaseMs: number, now: number): ClaimOutcome {
    const parcel = this.#parcels.get(sessionId);
    if (!parcel?.data || now >= parcel.forgetAt) return { outcome: 'none' };
    const { data, claim } = parcel;
    const isTakenOver = claim !== undefined && claim.by !== claimantId;
    if (isTakenOver && now < claim.until) return { outcome: 'busy' };
    const before = [...(claim?.formerly ?? []), ...(isTakenOver ? [claim.by] : [])];
    const formerly = before.filter((id) => id !== claimantId);
    this.#parcels.set(sessionId, { ...parcel, claim: { by: claimantId, until: now + leaseMs, formerly } });
    const values = Object.entries(data).map(([name, json]) => [name, JSON.parse(json) as unknown]);
    return { outcome: 'claimed', data: Object.fromEntries(values) as Record<string, unknown>, formerly };
  }

  drop(sessionId: string, claimantId: string, now: number): boolean {
    const parcel = this.#parcels.get(sessionId);
    if (parcel?.claim?.by !== claimantId || now >= parcel.forgetAt) return false;
    this.#parcels.set(sessionId, { ...parcel, data: undefined });
    return true;
  }

  sweep(now: number): void {
    for (const [sessionId, { forgetAt }] of this.#parcels) {
      if (forgetAt <= now) this.#parcels.delete(sessionId);
    }
  }
}
