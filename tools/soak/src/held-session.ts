import type { Tokens } from '@holdfast/fleet-client';

const SHOW_AGAIN_WITHIN_MS = 20_000;
/** Longer than a request that nobody answered may take to be carried out after all. */
const QUIET_MS = 15_000;
const RENEW_BEFORE_MS = 90_000;
const MOST_ADDS = 95;

/** A session as its well-behaved client holds it: its tokens, and what it must not do yet. */
export class HeldSession {
  /** Set while its tokens are being rotated: a client does that one at a time. */
  isRotating = false;
  adds = 0;
  tokenUntilMs = 0;
  private canRefresh = true;
  private shownAtMs: number | undefined;
  private quietUntilMs = 0;

  constructor(
    readonly user: string,
    /** Its name in the history. */
    readonly name: string,
    private current: Tokens,
  ) {
    this.adopt(current);
  }

  get tokens(): Tokens {
    return this.current;
  }

  /** Whether it is time to give it up: its cart is full, or its access token ends and cannot be renewed. */
  get isSpent(): boolean {
    return this.adds >= MOST_ADDS || (this.needsRenewal && !this.canRefresh);
  }

  get needsRenewal(): boolean {
    return this.tokenUntilMs - performance.now() < RENEW_BEFORE_MS;
  }

  /**
   * Whether its refresh token may be shown. One without an answer is shown again, soon; and none but that one while a request
   * that nobody answered may still be carried out: with two rotations since, it would look like theft.
   */
  get mayRefresh(): boolean {
    if (!this.canRefresh || this.isRotating) return false;
    const now = performance.now();
    if (this.shownAtMs !== undefined) return now - this.shownAtMs < SHOW_AGAIN_WITHIN_MS;
    return now >= this.quietUntilMs;
  }

  get mayStepUp(): boolean {
    return this.mayRefresh && this.shownAtMs === undefined;
  }

  /** Goes on with new tokens. */
  adopt(tokens: Partial<Tokens>): void {
    this.current = { ...this.current, ...tokens };
    this.tokenUntilMs = performance.now() + this.current.expires_in * 1_000;
    this.shownAtMs = undefined;
  }

  /** Its refresh token is shown. */
  noteShown(): void {
    this.shownAtMs ??= performance.now();
  }

  /** A rotation was not answered. */
  noteDoubt(): void {
    this.quietUntilMs = performance.now() + QUIET_MS;
  }

  /** Its refresh token was refused, or a step-up that nobody answered may have overtaken it. */
  forgetRefresh(): void {
    this.canRefresh = false;
  }
}
