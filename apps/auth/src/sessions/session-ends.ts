import type { receiptSchema } from '@holdfast/contracts';
import {
  SessionManager,
  STALENESS_BOUND_MS,
  type EndReason,
  type LedgerEntry,
  type RevocationReceipt,
  type SessionsEnded,
} from '@holdfast/session-core';
import { Injectable, Logger } from '@nestjs/common';
import type { z } from 'zod';
import { AuthMetrics } from '../metrics/auth-metrics.js';

/** What an end of sessions answers. */
export type Receipt = z.infer<typeof receiptSchema>;

/** A line of the log names so many sessions at most, and counts them all. */
const MOST_NAMED = 20;

/**
 * Ends sessions and says so in a receipt. Whatever ends a session in this process is noted in the log, with the reason
 * and by public ids, which open nothing; a repeat ends nothing and logs nothing.
 */
@Injectable()
export class SessionEnds {
  private readonly logger = new Logger(SessionEnds.name);

  constructor(
    private readonly sessions: SessionManager,
    private readonly metrics: AuthMetrics,
  ) {
    sessions.onEnd((ended) => this.note(ended));
  }

  /** Ends one session. */
  end(sessionId: string, because: EndReason): Promise<Receipt> {
    return this.receipt(() => this.sessions.revoke(sessionId, because));
  }

  /** Ends all sessions of a user but `keepSessionId`. */
  endAll(userId: string, because: EndReason, keepSessionId?: string): Promise<Receipt> {
    return this.receipt(() => this.sessions.revokeAll(userId, because, keepSessionId));
  }

  /** Ends what the ledger has got together with what it is about. After a crash before this the follower does. */
  carryOut(entry: LedgerEntry): Promise<Receipt> {
    return this.receipt(() => this.sessions.carryOut(entry));
  }

  /** Ends one session for the one that follows it; its data is kept for whoever adopts it. */
  async replace(sessionId: string): Promise<void> {
    await this.sessions.replace(sessionId);
  }

  private async receipt(end: () => Promise<RevocationReceipt>): Promise<Receipt> {
    const receipt = await receiptOf(end);
    this.metrics.receipt(receipt);
    return receipt;
  }

  private note({ sessionIds, because, userId }: SessionsEnded): void {
    const revoked = sessionIds.length;
    const named = { because, revoked, userId, sessionIds: sessionIds.slice(0, MOST_NAMED) };
    if (because === 'token-reuse') {
      this.logger.warn({ msg: 'Sessions ended: a spent refresh token came back', ...named });
    } else {
      this.logger.log({ msg: 'Sessions ended', ...named });
    }
  }
}

/** An instance that has not confirmed may go on for as long as the policy with the longest bound lets it. */
async function receiptOf(end: () => Promise<RevocationReceipt>): Promise<Receipt> {
  const startedAt = performance.now();
  const { revoked, durable, acknowledgedBy, instances, boundMs } = await end();
  const unconfirmedMs = acknowledgedBy < instances ? STALENESS_BOUND_MS.read : 0;
  const tookMs = Math.ceil(performance.now() - startedAt);
  return { revoked, acknowledgedBy, instances, tookMs, boundMs: boundMs ?? unconfirmedMs, durable };
}
