import type { KeyObject } from 'node:crypto';
import { systemClock, type Clock } from '@holdfast/session-core';
import { KeysUnavailableError, type JwksSource } from '@holdfast/session-nest';
import { isPending, isPublished, signingAt } from './key-times.js';
import type { LoadedKeys, Rotation, RotationTimes, SigningKeyStore } from './signing-key-store.js';
import type { PublicJwk, SigningKey } from './signing-key.js';

/** What was read last, and when by this process's clock. */
interface Ring extends LoadedKeys {
  /** Before it was asked for: what was made since may be missing. */
  readonly askedAt: number;
  /** What the database's clock is ahead of this process's. */
  readonly offsetMs: number;
}

/**
 * The platform's keys in this process: one signs, all verify. Instances agree who signs when, by the database's clock;
 * each switches by itself, also while Postgres is away, for it has known the next key since its publication.
 *
 * An instance that cannot read Postgres goes on with what it read last. A key that it has not heard of signs nothing
 * before the lead is over; from then on it calls an unknown key id unknowable (503) and not wrong (401), and what it
 * signs with the older key is good everywhere for five minutes after that key's last regular signature.
 */
export class SigningKeys implements JwksSource {
  private reading: Promise<void> | undefined;

  private constructor(
    private readonly store: SigningKeyStore,
    private readonly times: RotationTimes,
    private readonly clock: Clock,
    private ring: Ring,
  ) {}

  /** Reads the keys from Postgres; the first instance of all makes the first key. */
  static async load(store: SigningKeyStore, times: RotationTimes, clock = systemClock): Promise<SigningKeys> {
    return new SigningKeys(store, times, clock, await read(store, clock));
  }

  get active(): SigningKey {
    const timed = signingAt(this.ring.keys, this.now());
    if (timed === undefined) throw new Error('No signing key is active');
    return timed.key;
  }

  isKnown(kid: string): boolean {
    return this.published().some((key) => key.kid === kid);
  }

  /** The public key of a kid, for this service's own verification. */
  async getKey(kid: string): Promise<KeyObject | undefined> {
    const known = this.published().find((key) => key.kid === kid);
    if (known !== undefined || !this.mayHaveMissedOne()) return known?.publicKey;
    try {
      await this.reload();
    } catch (cause) {
      throw new KeysUnavailableError({ cause });
    }
    return this.published().find((key) => key.kid === kid)?.publicKey;
  }

  /** The key set that every verifier reads. */
  jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: this.published().map((key) => key.publicJwk) };
  }

  /** Reads the keys again; one reading at a time. If it fails, what was read last goes on. */
  reload(): Promise<void> {
    this.reading ??= read(this.store, this.clock)
      .then((ring) => void (this.ring = ring))
      .finally(() => (this.reading = undefined));
    return this.reading;
  }

  /**
   * See `SigningKeyStore.rotate`. This instance publishes the next key before it answers.
   *
   * @param olderThanMs - 0: whatever its age. A key that is known to be younger costs no look at Postgres.
   */
  async rotate(olderThanMs: number): Promise<Rotation | undefined> {
    if (olderThanMs > 0 && !this.isDue(olderThanMs)) return undefined;
    const rotation = await this.store.rotate(this.times, olderThanMs);
    // A reading that is under way may be from before.
    await this.reading?.catch(() => undefined);
    await this.reload();
    return rotation;
  }

  private isDue(olderThanMs: number): boolean {
    const now = this.now();
    const signing = signingAt(this.ring.keys, now);
    const isWaitedFor = this.ring.keys.some((key) => isPending(key, now));
    return signing !== undefined && !isWaitedFor && now >= signing.signsFromAt + olderThanMs;
  }

  private published(): readonly SigningKey[] {
    const now = this.now();
    return this.ring.keys.filter((key) => isPublished(key, now, this.times.keepMs)).map(({ key }) => key);
  }

  /** The database's time. */
  private now(): number {
    return this.clock.now() + this.ring.offsetMs;
  }

  private mayHaveMissedOne(): boolean {
    return this.clock.now() - this.ring.askedAt >= this.times.leadMs;
  }
}

async function read(store: SigningKeyStore, clock: Clock): Promise<Ring> {
  const askedAt = clock.now();
  const loaded = await store.loadOrCreate();
  return { ...loaded, askedAt, offsetMs: loaded.nowAt - (askedAt + clock.now()) / 2 };
}
