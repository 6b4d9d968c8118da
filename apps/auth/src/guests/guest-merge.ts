import { setTimeout as pause } from 'node:timers/promises';
import { SessionEndedError, SessionManager, type SessionRecord } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import { Injectable } from '@nestjs/common';
import { SessionEnds } from '../sessions/session-ends.js';
import { MergeNotes, type MergeNote } from './merge-notes.js';

/** A sign-in that has not come to its end in this time has crashed. */
const LEASE_MS = 2_000;
const PAUSE_MS = 50;
/** A note that is made anew again and again is waited for no longer. */
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
  ) {}

  /**
   * Ends what the new session replaces, before it begins: the session that was sent along, and what a crash left behind.
   * Answers the sessions whose data is to be adopted, the newest first.
   */
  async replace(userId: string, before: ActiveSession | undefined): Promise<readonly string[]> {
    const guestId = before?.isGuest ? before.sessionId : undefined;
    if (guestId !== undefined) await this.notes.add(guestId, userId);
    const heirless = await this.settled(userId, guestId);
    for (const sessionId of heirless) await this.ends.replace(sessionId);
    // A user's session leaves nothing: it may be another account's.
    if (before !== undefined && !before.isGuest) await this.ends.end(before.sessionId, 'replaced');
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

  /**
   * The guest, and what was noted for the account before it, once no other sign-in is at work on that: what that one has
   * done is its own, and two guests of one account have a cart each. What is noted later is left to whoever noted it.
   */
  private async settled(userId: string, guestId: string | undefined): Promise<readonly string[]> {
    let notes = await this.notes.of(userId);
    // The newest first; without a guest, all of them.
    const own = notes.findIndex(({ sessionId }) => sessionId === guestId);
    const earlier = new Set(notes.slice(own + 1).map(({ sessionId }) => sessionId));
    const isAtWork = ({ sessionId, ageMs }: MergeNote) => earlier.has(sessionId) && ageMs < LEASE_MS;
    for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS && notes.some(isAtWork); waitedMs += PAUSE_MS) {
      await pause(PAUSE_MS);
      notes = await this.notes.of(userId);
    }
    return notes
      .filter((note) => note.sessionId === guestId || (earlier.has(note.sessionId) && !isAtWork(note)))
      .map(({ sessionId }) => sessionId);
  }
}
