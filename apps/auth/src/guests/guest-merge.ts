import { setTimeout as pause } from 'node:timers/promises';
import { SessionEndedError, SessionIds, SessionManager, type SessionRecord } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import { Injectable } from '@nestjs/common';
import { SessionEnds } from '../sessions/session-ends.js';
import { isGuest } from './guest-role.js';
import { MergeNotes, type MergeNote } from './merge-notes.js';

/** A sign-in that has not come to its end in this time has crashed. */
const LEASE_MS = 2_000;
const PAUSE_MS = 50;
/** Others come one after the other; only an endless row of them is met so often. */
const LONGEST_WAIT_MS = 3 * LEASE_MS;

/**
 * Hands a guest's data to the account that the guest signs in to, and to one session of it. Each step may be repeated,
 * and notes in Postgres say what is left to do: after a crash the next sign-in to the account goes on, with the guest's
 * credential or without. A session that is being filled is noted as well: if its sign-in crashes nobody ever hears of
 * it, and what it has goes to the next one.
 */
@Injectable()
export class GuestMerge {
  constructor(
    private readonly notes: MergeNotes,
    private readonly ends: SessionEnds,
    private readonly sessions: SessionManager,
    private readonly ids: SessionIds,
  ) {}

  /**
   * Ends what the new session replaces, before it begins: the session that was sent along, and what a crash left behind.
   * Answers the sessions whose data is to be adopted, the newest first.
   */
  async replace(userId: string, before: ActiveSession | undefined): Promise<readonly string[]> {
    if (before !== undefined && isGuest(before)) await this.notes.add(before.sessionId, userId);
    const heirless = (await this.settled(userId)).map(({ sessionId }) => sessionId);
    for (const sessionId of heirless) await this.ends.replace(sessionId);
    // A user's session leaves nothing: it may be another account's.
    if (before !== undefined && !isGuest(before)) await this.ends.end(before.sessionId, 'replaced');
    return heirless;
  }

  /**
   * Gives a new session what those had. Of two that have the same, the newer one's counts. `SessionEndedError` if it was
   * over before it had all: the next one gets it.
   */
  async adopt(heirless: readonly string[], { sessionId, userId }: SessionRecord): Promise<void> {
    if (heirless.length === 0) return;
    await this.notes.add(sessionId, userId);
    try {
      for (const former of heirless) await this.sessions.adopt(former, sessionId);
    } catch (error) {
      if (error instanceof SessionEndedError) await this.notes.remove([sessionId], userId);
      throw error;
    }
    await this.notes.remove([sessionId, ...heirless], userId);
  }

  /** The notes of an account, once no other sign-in is at work on them: what that one has done is its own. */
  private async settled(userId: string): Promise<readonly MergeNote[]> {
    const isAtWork = (note: MergeNote) => note.ageMs < LEASE_MS && this.isOf(userId, note);
    for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
      const notes = await this.notes.of(userId);
      const isLate = waitedMs >= LONGEST_WAIT_MS;
      if (isLate || !notes.some(isAtWork)) return notes.filter((note) => !isAtWork(note));
      await pause(PAUSE_MS);
    }
  }

  /** A session that is being filled is of the account, a guest's is of nobody. */
  private isOf(userId: string, { sessionId }: MergeNote): boolean {
    return this.ids.parse(sessionId)?.userTag === this.ids.userTag(userId);
  }
}
