import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the gateway is asked for, by priority of the route. */
const MIX = [
  { priority: 'high', method: 'POST', path: '/orders', share: 0.1 },
  { priority: 'normal', method: 'GET', path: '/cart', share: 0.4 },
  { priority: 'low', method: 'GET', path: '/products', share: 0.5 },
] as const;
const TICK_MS = 5;

/** The priorities of what is asked for. */
export type AskedPriority = (typeof MIX)[number]['priority'];

/** One request and what came of it. */
export interface Asked {
  readonly priority: AskedPriority;
  /** When it was due, since the first one of its load, in milliseconds. */
  readonly dueMs: number;
  /** `late`: its client gave up. `shed`: 503. */
  readonly outcome: 'good' | 'shed' | 'late' | 'failed';
  /** From when it was due. */
  readonly tookMs: number;
}

/** How much to ask for. */
export interface OpenLoad {
  readonly port: number;
  readonly perSecond: number;
  readonly forMs: number;
  /** After so long a client gives up, and an answer is worth nothing. */
  readonly patienceMs: number;
}

/**
 * Asks at a rate, whatever comes back, and judges each answer from when its request was due: a generator that is late does
 * not make the answers look quick. Settles when the last one is answered or given up.
 */
export async function openLoop({ port, perSecond, forMs, patienceMs }: OpenLoad): Promise<readonly Asked[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const asked: Promise<Asked>[] = [];
  const from = performance.now();
  const count = Math.round((perSecond * forMs) / 1_000);
  while (asked.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - from) * perSecond) / 1_000));
    while (asked.length < due) {
      const dueMs = (asked.length * 1_000) / perSecond;
      asked.push(ask(agent, { port, patienceMs, from, dueMs, what: chosen() }));
    }
    await sleep(TICK_MS);
  }
  const all = await Promise.all(asked);
  agent.destroy();
  return all;
}

interface One {
  readonly port: number;
  readonly patienceMs: number;
  readonly from: number;
  readonly dueMs: number;
  readonly what: (typeof MIX)[number];
}

function ask(agent: Agent, { port, patienceMs, from, dueMs, what }: One): Promise<Asked> {
  const { priority, method, path } = what;
  return new Promise((resolve) => {
    const settle = (outcome: Asked['outcome']) => {
      clearTimeout(timer);
      resolve({ priority, dueMs, outcome, tookMs: performance.now() - from - dueMs });
    };
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, agent }, (answer) => {
      answer.resume().on('end', () => settle(outcomeOf(answer.statusCode ?? 0)));
    });
    const leftMs = Math.max(0, patienceMs - (performance.now() - from - dueMs));
    const timer = setTimeout(() => {
      settle('late');
      sent.destroy();
    }, leftMs);
    sent.on('error', () => settle('failed')).end();
  });
}

function outcomeOf(status: number): Asked['outcome'] {
  if (status === 503) return 'shed';
  return status < 300 ? 'good' : 'failed';
}

function chosen(): (typeof MIX)[number] {
  let at = Math.random();
  return MIX.find(({ share }) => (at -= share) < 0) ?? MIX[0];
}
