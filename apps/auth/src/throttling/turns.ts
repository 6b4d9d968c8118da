/** The attempts on one key. */
interface Lane {
  /** Settles when the newest attempt was let in or refused: they are let in one after the other. */
  admitted: Promise<unknown>;
  running: number;
  /** How many attempts there are, the waiting ones included; at 0 the lane goes. */
  present: number;
  finished: number;
  wake: () => void;
}

/**
 * Lets no more attempts on one key run at once than may fail. Those that wait go on when one is over: a burst of good
 * attempts all pass, and a burst of guesses gets as many as one after the other would.
 */
export class Turns {
  private readonly lanes = new Map<string, Lane>();

  /**
   * Runs `task` when it may. It must count its failure before it settles.
   *
   * @param left - how many may fail, 1 at least; rejects where none may, and the attempt with it
   */
  async run<T>(key: string, left: () => Promise<number>, task: () => Promise<T>): Promise<T> {
    const lane = this.laneOf(key);
    lane.present += 1;
    try {
      await this.admission(lane, left);
      try {
        return await task();
      } finally {
        lane.running -= 1;
        lane.finished += 1;
        lane.wake();
      }
    } finally {
      lane.present -= 1;
      if (lane.present === 0) this.lanes.delete(key);
    }
  }

  private laneOf(key: string): Lane {
    const there = this.lanes.get(key);
    if (there !== undefined) return there;
    const idle = { running: 0, present: 0, finished: 0, wake: () => undefined };
    const lane: Lane = { ...idle, admitted: Promise.resolve() };
    this.lanes.set(key, lane);
    return lane;
  }

  private admission(lane: Lane, left: () => Promise<number>): Promise<void> {
    const admission = lane.admitted.then(() => admit(lane, left));
    lane.admitted = admission.catch(() => undefined);
    return admission;
  }
}

async function admit(lane: Lane, left: () => Promise<number>): Promise<void> {
  for (;;) {
    // Before the count is read: what ends meanwhile may have failed without being in it.
    const { running, finished } = lane;
    if ((await left()) > running) break;
    if (lane.finished === finished) await new Promise<void>((resolve) => (lane.wake = resolve));
  }
  lane.running += 1;
}
