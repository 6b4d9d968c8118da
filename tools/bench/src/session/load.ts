import { setTimeout as sleep } from 'node:timers/promises';
import { Lane, requestOf } from './lane.js';

/** What to ask of a server. */
export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  /** Header lines that sign in, or one empty line. */
  readonly credentials: readonly string[];
  /** `random`: any of them each time, until the time is over. `once`: each once, in order, or until then. */
  readonly order: 'random' | 'once';
  readonly durationMs: number;
  /** Requests a second; fewer where the server does not keep up. Default: as many as it answers. */
  readonly perSecond?: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
}

const CONNECTIONS = 64;
const STEP_MS = 5;

/** Carries an order out. Rejects if anything but 200 is answered: what refuses is quick. */
export async function carryOut(order: LoadOrder): Promise<LoadResult> {
  const requests = order.credentials.map((credential) => requestOf('GET', order.path, credential));
  const lanes = Array.from({ length: CONNECTIONS }, () => new Lane(order.port));
  const from = performance.now();
  try {
    const sent = await (order.perSecond === undefined
      ? fully(lanes, chooser(order.order, requests), from + order.durationMs)
      : steadily(lanes, chooser(order.order, requests), { ...order, perSecond: order.perSecond }));
    return { requests: sent, perSecond: (sent * 1_000) / (performance.now() - from) };
  } finally {
    for (const lane of lanes) lane.close();
  }
}

type Choose = () => Buffer | undefined;

function chooser(order: LoadOrder['order'], requests: readonly Buffer[]): Choose {
  let next = 0;
  if (order === 'once') return () => requests[next++];
  return () => requests[Math.floor(Math.random() * requests.length)];
}

async function fully(lanes: readonly Lane[], choose: Choose, until: number): Promise<number> {
  let sent = 0;
  const drive = async (lane: Lane): Promise<void> => {
    while (performance.now() < until) {
      const request = choose();
      if (request === undefined) return;
      sent += 1;
      requireGood(await lane.ask(request));
    }
  };
  await Promise.all(lanes.map(drive));
  return sent;
}

async function steadily(
  lanes: readonly Lane[],
  choose: Choose,
  { perSecond, durationMs }: { readonly perSecond: number; readonly durationMs: number },
): Promise<number> {
  const idle = [...lanes];
  const answers: Promise<void>[] = [];
  const faults: unknown[] = [];
  const send = async (lane: Lane, request: Buffer): Promise<void> => {
    requireGood(await lane.ask(request));
    idle.push(lane);
  };
  const from = performance.now();
  for (let past = 0; past < durationMs && faults.length === 0; past = performance.now() - from) {
    while (answers.length < (past * perSecond) / 1_000) {
      const lane = idle.shift(); // the one that has waited longest: a server closes connections that nobody uses
      const request = lane && choose();
      if (!lane || !request) break;
      answers.push(send(lane, request).catch((error: unknown) => void faults.push(error)));
    }
    await sleep(STEP_MS);
  }
  await Promise.all(answers);
  if (faults.length > 0) throw faults[0];
  return answers.length;
}

function requireGood(status: number): void {
  if (status !== 200) throw new Error(`A measured request was answered with ${status}.`);
}
