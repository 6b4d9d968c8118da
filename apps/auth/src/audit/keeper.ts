import { setTimeout as sleep } from 'node:timers/promises';
import { settled } from '@holdfast/service-defaults';
import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { AuditTrail } from './audit-trail.js';
import type { Duty, OnDuty } from './duty.js';
import type { Retention } from './retention.js';
import type { Sealer } from './sealer.js';
import type { StreamMover } from './stream-mover.js';

const EVERY_MS = 500;
/** After a failure. */
const RETRY_MS = 2_000;
const PRUNED_EVERY_MS = 3_600_000;
const GOODBYE_WITHIN_MS = 1_000;

/** Looks at what was sealed. */
export interface Examination {
  examine(onDuty: OnDuty): Promise<number>;
  /** Somebody else is on duty. */
  forget(): void;
}

/** What is done beside the trail, in its own time, by who is on duty. */
export interface Sideline {
  start(): void;
  stop(): void;
}

/** What a `Keeper` works with. */
export interface KeeperDeps {
  readonly trail: Pick<AuditTrail, 'stop'>;
  readonly duty: Duty;
  readonly mover: Pick<StreamMover, 'move'>;
  readonly sealer: Pick<Sealer, 'seal'>;
  readonly examiner: Examination;
  readonly retention: Pick<Retention, 'prune'>;
  readonly sideline?: Sideline | undefined;
}

/**
 * Keeps the trail, in the one instance that is on duty: moves events from Redis, seals them, shows them to the detectors,
 * forgets what is too old. Each step fails by itself: without Redis what is in Postgres is sealed all the same.
 */
export class Keeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AuditTrail');
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();
  private rounds: Promise<unknown> = Promise.resolve();
  private readonly failing = new Set<string>();
  private prunedAt = -Infinity;

  constructor(private readonly deps: KeeperDeps) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Before connections close; somebody else is on duty at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await settled(this.running, GOODBYE_WITHIN_MS);
    this.deps.sideline?.stop();
    await settled(this.deps.trail.stop(), GOODBYE_WITHIN_MS);
    await settled(this.deps.duty.release(), GOODBYE_WITHIN_MS);
  }

  /** One round of work after the one that is under way, if this instance is on duty. `false` if something failed. */
  work(): Promise<boolean> {
    const round = this.rounds.then(() => this.round());
    this.rounds = round;
    return round;
  }

  private async round(): Promise<boolean> {
    const { duty, mover, sealer, examiner, sideline } = this.deps;
    let onDuty: OnDuty | undefined;
    const isAsked = await this.step('duty', async () => (onDuty = await duty.take()));
    if (!onDuty) {
      examiner.forget();
      sideline?.stop();
      return isAsked;
    }
    sideline?.start();
    const { examined } = onDuty;
    const moved = await this.step('move', () => mover.move());
    const sealed = await this.step('seal', () => sealer.seal());
    const looked = await this.step('examine', () => examiner.examine({ examined }));
    return moved && sealed && looked && this.step('prune', () => this.prune());
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const isWell = await this.work();
      await sleep(isWell ? EVERY_MS : RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async prune(): Promise<void> {
    const now = performance.now();
    if (now < this.prunedAt + PRUNED_EVERY_MS) return;
    const pruned = await this.deps.retention.prune();
    this.prunedAt = now;
    if (pruned > 0) this.logger.log({ msg: 'Old events pruned', pruned });
  }

  /** Says so once when a step begins to fail, and when it works again. */
  private async step(name: string, task: () => Promise<unknown>): Promise<boolean> {
    try {
      await task();
      if (this.failing.delete(name)) this.logger.log({ msg: 'The audit trail is kept again', step: name });
      return true;
    } catch (error) {
      if (!this.failing.has(name)) {
        this.logger.warn({ msg: 'The audit trail waits', step: name, err: error });
      }
      this.failing.add(name);
      return false;
    }
  }
}
