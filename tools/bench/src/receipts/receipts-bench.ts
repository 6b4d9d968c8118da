import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiClient, Device, expectStatus } from '@holdfast/fleet-client';
import { startFleet } from '@holdfast/launcher';
import { receiptsReport, type ReceiptRound } from './receipts-report.js';

const FOLDER = fileURLToPath(new URL('../../../../docs/benchmarks', import.meta.url));
const LOGOUTS = 400;
const WARM_UP = 50;
/** What is under way at a time. */
const AT_ONCE = [1, 8] as const;

/** What a logout answers. */
interface Receipt {
  readonly acknowledgedBy: number;
  readonly instances: number;
  readonly durable: boolean;
  readonly tookMs: number;
}

/**
 * Measures how long it takes until a logout has been heard of by every process of the default fleet, the ledger in
 * Postgres included, as its client sees it. Writes `docs/benchmarks/receipts.md`.
 */
export async function benchReceipts(say: (line: string) => void): Promise<void> {
  say('Starting a platform of its own …');
  // One address sends what many would.
  const fleet = await startFleet({ env: { CEILING_PER_ADDRESS: '0' } });
  try {
    const api = new ApiClient(fleet.url);
    await logOut(api, WARM_UP, 1);
    const rounds: ReceiptRound[] = [];
    for (const atOnce of AT_ONCE) rounds.push(await logOut(api, LOGOUTS, atOnce));
    const report = receiptsReport(rounds, { cores: availableParallelism(), busy: loadavg()[0] ?? 0 });
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'receipts.md'), report);
    say(report);
  } finally {
    await fleet.stop();
  }
}

async function logOut(api: ApiClient, count: number, atOnce: number): Promise<ReceiptRound> {
  const tookMs: number[] = [];
  const ofReceiptMs: number[] = [];
  let instances = 0;
  let isComplete = 0;
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const device = await Device.guest(api);
      // It is near somewhere, so that there is something to hear of.
      await device.call('GET', '/cart');
      const from = performance.now();
      const answer = await device.call<Receipt>('POST', '/auth/logout');
      tookMs.push(performance.now() - from);
      const receipt = expectStatus('log out', 200, answer).body;
      ofReceiptMs.push(receipt.tookMs);
      instances = Math.max(instances, receipt.instances);
      if (receipt.durable && receipt.acknowledgedBy === receipt.instances) isComplete += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return { atOnce, tookMs, ofReceiptMs, instances, isComplete };
}
