/** What the platform said of a session when it was asked after the fault. `status` 0: it did not answer. */
export interface Sighting {
  readonly status: number;
  /** Why the session is over, where the answer says so. */
  readonly endedBecause?: string;
  /** How many things its cart holds. */
  readonly inCart?: number;
  /** What the refresh with the client's latest token answered. */
  readonly refreshStatus?: number;
}

/**
 * What became of a session. `lost`: it, or something acknowledged in its cart, is gone. `undone`: it was logged out and is
 * accepted again. `theft`: its well-behaved client was taken for a thief. `surplus`: its cart holds more than can have been
 * added. `refused`: it is good, and was answered 401 on the way. `unanswered`: nobody can say.
 */
export type Verdict = 'kept' | 'lost' | 'undone' | 'theft' | 'surplus' | 'refused' | 'unanswered';

const REFUSED = 401;
const INVALID_GRANT = 400;
const OK = 200;

/** What a client knows of its session: what was acknowledged, and what may or may not have happened. */
export class SessionBook {
  private acknowledged = 0;
  private uncertain = 0;
  private end: 'none' | 'uncertain' | 'acknowledged' = 'none';
  private wasRefused = false;
  private wasUndone = false;

  /** `true` until its client has begun to log out: what refuses it before is at fault. */
  get isLive(): boolean {
    return this.end === 'none';
  }

  /** `true` once its logout was acknowledged: what accepts it from then on is at fault. */
  get isEnded(): boolean {
    return this.end === 'acknowledged';
  }

  /** Notes an add by its status; 0 or a server's error leave it open whether it happened. */
  noteAdd(status: number): void {
    if (status === OK) this.acknowledged += 1;
    else if (status === 0 || status >= 500) this.uncertain += 1;
  }

  /** Its client is about to log out: from now on either is right. */
  beginLogout(): void {
    this.end = 'uncertain';
  }

  /** The logout was acknowledged. */
  noteLogout(): void {
    this.end = 'acknowledged';
  }

  /** It was answered 401, or its refresh token refused, though nobody has ended it. */
  noteRefusal(): void {
    this.wasRefused = true;
  }

  /** It was accepted after its logout had been acknowledged. */
  noteAcceptance(): void {
    if (this.isEnded) this.wasUndone = true;
  }

  /** Judges by what was seen after the fault. */
  judge(seen: Sighting): Verdict {
    if (this.wasUndone) return 'undone';
    if (!isAnswer(seen.status)) return 'unanswered';
    if (this.end === 'uncertain') return 'kept';
    if (this.isEnded) return seen.status === OK || seen.refreshStatus === OK ? 'undone' : 'kept';
    if (seen.status === REFUSED) return seen.endedBecause === 'token-reuse' ? 'theft' : 'lost';
    return this.judgeLive(seen);
  }

  /** What its client knows, and what was seen, in one line. */
  describe({ status, endedBecause, inCart, refreshStatus }: Sighting): string {
    const most = this.acknowledged + this.uncertain;
    const why = endedBecause === undefined ? '' : ` (${endedBecause})`;
    const cart = `${inCart ?? 0} in the cart for ${this.acknowledged} to ${most} added`;
    return `logout ${this.end}; seen: ${status}${why}, ${cart}, refresh ${refreshStatus ?? 'not tried'}`;
  }

  private judgeLive({ inCart = 0, refreshStatus = OK }: Sighting): Verdict {
    if (refreshStatus === INVALID_GRANT) return 'theft';
    if (inCart < this.acknowledged) return 'lost';
    if (inCart > this.acknowledged + this.uncertain) return 'surplus';
    if (!isAnswer(refreshStatus)) return 'unanswered';
    return this.wasRefused ? 'refused' : 'kept';
  }
}

function isAnswer(status: number): boolean {
  return status > 0 && status < 500 && status !== 429;
}
