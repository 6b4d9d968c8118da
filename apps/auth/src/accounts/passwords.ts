import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { BoundedLane } from './bounded-lane.js';

/** Argon2id (the package's default) by the OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const QUEUE_LIMIT = 500;

/**
 * Hashes and compares passwords. Hashing runs on libuv's pool of four threads: a core and a thread are
 * always left for everything else, so that a burst of sign-ins delays only sign-ins.
 */
export class Passwords {
  private readonly lane = new BoundedLane(Math.max(1, Math.min(3, availableParallelism() - 1)), QUEUE_LIMIT);

  private constructor(private readonly nobody: string) {}

  static async create(): Promise<Passwords> {
    return new Passwords(await hash(randomBytes(32), PARAMETERS));
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
