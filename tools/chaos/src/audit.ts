import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '@holdfast/fleet-client';
import type { Sighting, Verdict } from './session-book.js';
import type { Visitor } from './visitor.js';

const AT_ONCE = 6;
const TRIES = 20;
const PAUSE_MS = 300;

interface Cart {
  readonly items?: readonly { readonly quantity: number }[];
  readonly endedBecause?: string;
}

/** What became of all sessions. */
export interface Audit {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** How many of the lost ones were begun after the fault. */
  readonly lostSince: number;
  /** One line for each session that was not kept. */
  readonly stories: readonly string[];
}

/** Asks for every session after the fault, which was over at `faultEndedAtMs`, and judges what became of it. */
export async function audit(visitors: readonly Visitor[], faultEndedAtMs: number): Promise<Audit> {
  const counts = { kept: 0, lost: 0, undone: 0, theft: 0, surplus: 0, refused: 0, unanswered: 0 };
  const stories: string[] = [];
  let lostSince = 0;
  const queue = [...visitors];
  const worker = async (): Promise<void> => {
    for (let visitor = queue.pop(); visitor !== undefined; visitor = queue.pop()) {
      const seen = await look(visitor);
      const verdict = visitor.book.judge(seen);
      counts[verdict] += 1;
      if (verdict === 'lost' && visitor.begunAtMs > faultEndedAtMs) lostSince += 1;
      if (verdict !== 'kept')
        stories.push(`${verdict}: ${visitor.device.sessionId}, ${visitor.book.describe(seen)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { verdicts: counts, stories, lostSince };
}

async function look({ device }: Visitor): Promise<Sighting> {
  const cart = await persistently(() => device.call<Cart>('GET', '/cart'));
  const refresh = await persistently(() => device.presentRefresh());
  const { items = [], endedBecause } = cart?.body ?? {};
  return {
    status: cart?.status ?? 0,
    refreshStatus: refresh?.status ?? 0,
    inCart: items.reduce((sum, { quantity }) => sum + quantity, 0),
    ...(endedBecause === undefined ? {} : { endedBecause }),
  };
}

/** The first answer that decides something; the last one where none does. */
async function persistently<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T> | undefined> {
  let answer: Answer<T> | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    answer = await ask().catch(() => undefined);
    if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
    await sleep(PAUSE_MS);
  }
  return answer;
}
