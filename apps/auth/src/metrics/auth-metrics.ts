import { CodedError, type ErrorCode } from '@holdfast/contracts';
import { Durations, Tally, type TallySeries } from '@holdfast/service-defaults';
import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';

/** How a sign-in came out. `failed`: for a fault, or a form that lacks something. */
export type SignInOutcome = 'success' | 'credentials' | 'rate-limited' | 'failed';
/** How a refresh came out. `ended`: its session is over; `refused`: it is no token, or too late; `failed`: nobody could say. */
export type RefreshOutcome = 'success' | 'theft' | 'ended' | 'refused' | 'failed';

const REFUSALS: ReadonlyMap<ErrorCode, SignInOutcome> = new Map([
  ['ERR_CREDENTIALS', 'credentials'],
  ['ERR_RATE_LIMITED', 'rate-limited'],
]);

/** What auth counts of sessions. */
@Injectable()
export class AuthMetrics {
  readonly #signIns: Tally;
  readonly #refreshes: Tally;
  readonly #receipts: Durations;
  readonly #missing: TallySeries;

  constructor(registry: Registry) {
    this.#signIns = new Tally({
      name: 'holdfast_sign_ins_total',
      help: 'Sign-ins by outcome',
      registry,
    });
    this.#refreshes = new Tally({
      name: 'holdfast_refreshes_total',
      help: 'Refreshes by outcome',
      registry,
    });
    this.#receipts = new Durations({
      name: 'holdfast_receipt_duration_seconds',
      help: 'How long ends of sessions took until they were acknowledged, or no longer waited for',
      registry,
    });
    this.#missing = new Tally({
      name: 'holdfast_receipt_missing_acknowledgements_total',
      help: 'Instances that had not acknowledged an end of sessions when its receipt was answered',
      registry,
    }).series();
  }

  /** Counts how a sign-in comes out. */
  async signIn<T>(work: () => Promise<T>): Promise<T> {
    const count = (outcome: SignInOutcome) => this.#signIns.series({ outcome }).add();
    try {
      const done = await work();
      count('success');
      return done;
    } catch (error) {
      count((error instanceof CodedError && REFUSALS.get(error.code)) || 'failed');
      throw error;
    }
  }

  refresh(outcome: RefreshOutcome): void {
    this.#refreshes.series({ outcome }).add();
  }

  /** @param tookMs - milliseconds */
  receipt({ tookMs, acknowledgedBy, instances }: ReceiptFacts): void {
    const complete = String(acknowledgedBy >= instances);
    this.#receipts.series({ complete }).observe(tookMs);
    this.#missing.add(Math.max(0, instances - acknowledgedBy));
  }
}

interface ReceiptFacts {
  readonly tookMs: number;
  readonly acknowledgedBy: number;
  readonly instances: number;
}
