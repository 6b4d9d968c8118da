import type { SessionIds } from '@holdfast/session-core';

/** Where a session is kept. */
export interface Place {
  /** Hash tag of the user: everything of one user lies in one slot. */
  readonly userTag: string;
  /** Names the session among the user's; empty where a script is about the user. */
  readonly name: string;
}

/** Where the session with this id is kept; `undefined` if we did not mint the id. */
export function placeOf(ids: SessionIds, sessionId: string): Place | undefined {
  return ids.parse(sessionId);
}

/** Key of a user's index, from whose name scripts make all other keys of that user. */
export function indexKey(userTag: string): string {
  return `hf:{${userTag}}:i`;
}

/** What is kept under one key of a session. */
export type SealedKind = 's' | 'd' | 'c';

/**
 * What a sealed value is bound to: the key that it lies under, and all of it that scripts read in the clear. So it
 * opens nowhere else, and not with another header, field or version.
 */
export function bindingOf(kind: SealedKind, { userTag, name }: Place, ...clear: readonly string[]): string {
  return [kind, userTag, name, ...clear].join('\n');
}
