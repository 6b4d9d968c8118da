import type { Repository } from './repository.js';

/** One convention and the program that fails when it is broken. */
export interface Check {
  /** What one types to run it alone. */
  readonly name: string;
  /** The convention, as a present-tense fact. */
  readonly fact: string;
  /** Says each fault in one line: where, what, and the way out. None: the convention holds. */
  run(repository: Repository): readonly string[] | Promise<readonly string[]>;
}
