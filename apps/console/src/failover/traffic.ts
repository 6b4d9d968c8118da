import { useEffect } from 'react';
import { callWithAnswer } from '../api/call.js';
import { ApiProblem } from '../api/problem.js';
import { Store } from '../api/store.js';
import { useStore } from '../api/use-store.js';
import type { Sample } from './samples.js';

const REMEMBERED = 6_000;
/** So many requests under way at most: a platform that is away is not piled up before. */
const MOST_UNDER_WAY = 40;
/** Of five requests one writes. */
const WRITE_EVERY = 5;

/** Requests a second that this tab sends; 0: none. */
export const rate = new Store(0);
/** What came of them, oldest first. */
export const samples = new Store<readonly Sample[]>([]);

let underWay = 0;
let sent = 0;

/** Sends requests as a customer would, with the session of this browser, for as long as the page is open. */
export function useTraffic(): { readonly perSecond: number; readonly seen: readonly Sample[] } {
  const perSecond = useStore(rate);
  useEffect(() => {
    if (perSecond === 0) return undefined;
    const timer = setInterval(() => void send(), 1_000 / perSecond);
    return () => clearInterval(timer);
  }, [perSecond]);
  return { perSecond, seen: useStore(samples) };
}

async function send(): Promise<void> {
  if (underWay >= MOST_UNDER_WAY) return;
  underWay += 1;
  const from = performance.now();
  try {
    const { answer } = await (++sent % WRITE_EVERY === 0 ? write() : callWithAnswer('GET', '/cart'));
    note({ isGood: true, retries: answer.retries, tookMs: answer.tookMs });
  } catch (error) {
    const isTheirs = error instanceof ApiProblem && error.facts.status > 0 && error.facts.status < 500;
    // A refusal is an answer: of a session that ended, say.
    note({ isGood: isTheirs, retries: 0, tookMs: performance.now() - from });
  } finally {
    underWay -= 1;
  }
}

/** A write that changes nothing: preferences that are not sent stay. */
function write() {
  return callWithAnswer('PUT', '/users/me/preferences', { body: {} });
}

function note(sample: Omit<Sample, 'at'>): void {
  samples.set([...samples.get(), { ...sample, at: Date.now() }].slice(-REMEMBERED));
}
