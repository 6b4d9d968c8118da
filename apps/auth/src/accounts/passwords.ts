import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { CodedError } from '@holdfast/contracts';
import { hash, verify } from '@node-rs/argon2';
import { BoundedLane } from './bounded-lane.js';
import { weaknessOf } from './password-policy.js';

/** Argon2id (the package's default) by the OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** How a PHC string begins that was made with them; 0x13 is the version of RFC 9106. */
const MADE_TODAY = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;
/** At most so many hash at once, each in 19 MiB. */
const WIDTH = Math.max(1, Math.min(3, availableParallelism() - 1));
const QUEUE_LIMIT = 500;

/**
 * Hashes and compares passwords. Hashing runs on libuv's pool of four threads: a core and a thread are
 * always left for everything else, so that a burst of sign-ins delays only sign-ins. What waits holds no memory but
 * itself, and past 500 it is refused with `ERR_OVERLOADED`.
 */
export class Passwords {
  private constructor(
    private readonly nobody: string,
    private readonly lane: BoundedLane,
  ) {}

  /** @param lane - where hashing queues; all of a process shares one */
  static async create(lane = new BoundedLane(WIDTH, QUEUE_LIMIT)): Promise<Passwords> {
    return new Passwords(await hash(randomBytes(32), PARAMETERS), lane);
  }

  /** `ERR_VALIDATION` with this path for a new password that is guessed first, or names its owner: `weaknessOf`. */
  check(password: string, email: string, path: string): void {
    const message = weaknessOf(password, email);
    if (message === undefined) return;
    throw new CodedError('ERR_VALIDATION', 'This password is too easy to guess: choose another one.', {
      errors: [{ path, message }],
    });
  }

  /** Whether a hash was made with other parameters than today's: make it anew when its password is next seen. */
  needsRehash(passwordHash: string): boolean {
    return !passwordHash.startsWith(MADE_TODAY);
  }

  /** PHC string of a password with a salt of its own. */
  hash(password: string): Promise<string> {
    return this.lane.run(() => hash(normalised(password), PARAMETERS));
  }

  /** Compares. Without a hash (unknown account) it costs the same and is `false`. */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const matches = await this.lane.run(() => verify(passwordHash ?? this.nobody, normalised(password)));
    return matches && passwordHash !== undefined;
  }
}

/** Keyboards differ in how they compose the same character (NIST SP 800-63B 3.1.1.2). */
function normalised(password: string): string {
  return password.normalize('NFKC');
}
