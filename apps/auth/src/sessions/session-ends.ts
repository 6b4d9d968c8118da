import type { receiptSchema } from '@holdfast/contracts';
import { SessionManager, type EndReason } from '@holdfast/session-core';
import { Injectable, Logger } from '@nestjs/common';
import type { z } from 'zod';

/** What an end of sessions answers. */
export type Receipt = z.infer<typeof receiptSchema>;

/**
 * Ends sessions, says so in a receipt, and notes who and why in the log: by public ids, which open nothing.
 * A repeat ends nothing and logs nothing.
 */
@Injectable()
export class SessionEnds {
  private readonly logger = new Logger(SessionEnds.name);

  constructor(private readonly sessions: SessionManager) {}

  /** Ends one session. */
  async end(sessionId: string, because: EndReason): Promise<Receipt> {
    const receipt = await receiptOf(() => this.sessions.revoke(sessionId, because));
    this.noteOne(receipt.revoked, sessionId, because);
    return receipt;
  }

  /** Ends all sessions of a user but `keepSessionId`. */
  async endAll(userId: string, because: EndReason, keepSessionId?: string): Promise<Receipt> {
    const receipt = await receiptOf(() => this.sessions.revokeAll(userId, because, keepSessionId));
    const { revoked } = receipt;
    if (revoked > 0) this.logger.log({ msg: 'Sessions ended', userId, because, revoked, keepSessionId });
    return receipt;
  }

  /** Ends one session for the one that follows it; its data is kept for whoever adopts it. */
  async replace(sessionId: string): Promise<void> {
    this.noteOne(await this.sessions.replace(sessionId), sessionId, 'replaced');
  }

  private noteOne(revoked: number, sessionId: string, because: EndReason): void {
    if (revoked > 0) this.logger.log({ msg: 'Session ended', sessionId, because });
  }
}

/** Every request reads the store: an end holds when it is written, on every instance. No ledger has it as well. */
async function receiptOf(end: () => Promise<number>): Promise<Receipt> {
  const startedAt = performance.now();
  const revoked = await end();
  return { revoked, tookMs: Math.ceil(performance.now() - startedAt), boundMs: 0, durable: false };
}
