import type { EndedBecause } from './contracts.js';
import type { ApiProblem } from './problem.js';
import { Store } from './store.js';

/** Why this browser's last session is over, as the platform told it. */
export interface Ended {
  readonly because: EndedBecause;
  readonly at: string | undefined;
}

const KEY = 'holdfast.ended';

/** What the sign-in page explains. Only the first 401 has the reason: it clears the cookie. */
export const ended = new Store<Ended | undefined>(recall());

/** Remembers why a session ended, also over a reload of the page. No secret: a reason and a time. */
export function noteEnded({ facts }: ApiProblem): void {
  if (facts.code !== 'ERR_SESSION_ENDED' || facts.endedBecause === undefined) return;
  keep({ because: facts.endedBecause, at: facts.endedAt });
}

/** Somebody is signed in again. */
export function forgetEnded(): void {
  if (ended.get()) keep(undefined);
}

function keep(value: Ended | undefined): void {
  ended.set(value);
  try {
    if (value) sessionStorage.setItem(KEY, JSON.stringify(value));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is blocked: it lasts as long as the page.
  }
}

function recall(): Ended | undefined {
  try {
    const text = sessionStorage.getItem(KEY);
    return text === null ? undefined : (JSON.parse(text) as Ended);
  } catch {
    return undefined;
  }
}
