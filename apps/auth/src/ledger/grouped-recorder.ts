import { LedgerUnavailableError, type LedgerEntry } from '@holdfast/session-core';
import { inTime } from './in-time.js';
import type { AskedRevocation } from './recording.js';

const LARGEST_GROUP = 500;

/**
 * Records a group, in one transaction; answers one entry for each. No session comes twice. `check` throws where the
 * group must not be recorded any more: to be called before the commit.
 */
export type RecordGroup = (
  group: readonly AskedRevocation[],
  check: () => void,
) => Promise<readonly LedgerEntry[]>;

interface Asked {
  readonly revocation: AskedRevocation;
  readonly resolve: (entry: LedgerEntry) => void;
  readonly reject: (error: unknown) => void;
  /** Whoever asked has given up. */
  isOver: boolean;
}

/**
 * Groups what comes in one tick, or while a group is under way: the lock at the end of the ledger, and the commit, are
 * paid for once.
 */
export class GroupedRecorder {
  #waiting: Asked[] = [];
  #working: Promise<void> | undefined;

  constructor(private readonly recordGroup: RecordGroup) {}

  /** As `RevocationLedger.record`. What has not been begun in time is not begun any more. */
  async record(revocation: AskedRevocation): Promise<LedgerEntry> {
    const { promise, ...settle } = deferred<LedgerEntry>();
    const asked = { revocation, ...settle, isOver: false };
    this.#waiting.push(asked);
    this.#working ??= this.#work();
    try {
      return await inTime(promise);
    } finally {
      asked.isOver = true;
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, LARGEST_GROUP).filter(({ isOver }) => !isOver);
      if (group.length > 0) await this.#record(group);
    }
    this.#working = undefined;
  }

  async #record(group: readonly Asked[]): Promise<void> {
    const asked = bySubject(group);
    const check = (): void => {
      if (group.some(isTooLate)) throw new LedgerUnavailableError();
    };
    try {
      const entries = await this.recordGroup(
        asked.map(([{ revocation }]) => revocation),
        check,
      );
      asked.forEach((same, at) => {
        const entry = entries[at];
        if (entry) for (const { resolve } of same) resolve(entry);
      });
    } catch (error) {
      if (group.some(isTooLate)) this.#waiting.unshift(...group.filter(({ isOver }) => !isOver));
      else for (const { reject } of group) reject(error);
    }
  }
}

/**
 * Whoever gave up has ended all sessions in the store alone. An epoch that the ledger gives after that would end those
 * that have begun since.
 */
function isTooLate({ isOver, revocation }: Asked): boolean {
  return isOver && revocation.kind === 'user' && revocation.epoch === undefined;
}

/** Only the end of one session is the same when it comes twice. */
function bySubject(group: readonly Asked[]): readonly [Asked, ...Asked[]][] {
  const subjects = new Map<unknown, [Asked, ...Asked[]]>();
  for (const asked of group) {
    const { revocation } = asked;
    const subject = revocation.kind === 'session' ? revocation.sessionId : revocation;
    const same = subjects.get(subject);
    if (same) same.push(asked);
    else subjects.set(subject, [asked]);
  }
  return [...subjects.values()];
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}
