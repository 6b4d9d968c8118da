import type { Receipt } from '../api/contracts.js';

/** Several ends as one: what ended is added up, and it is as good as the worst of them. */
export function sumReceipts(receipts: readonly Receipt[]): Receipt {
  const worst = (value: (receipt: Receipt) => number) => Math.max(0, ...receipts.map(value));
  const instances = worst((receipt) => receipt.instances);
  const missing = worst((receipt) => receipt.instances - receipt.acknowledgedBy);
  return {
    revoked: receipts.reduce((sum, { revoked }) => sum + revoked, 0),
    acknowledgedBy: instances - missing,
    instances,
    tookMs: worst(({ tookMs }) => tookMs),
    boundMs: worst(({ boundMs }) => boundMs),
    durable: receipts.every(({ durable }) => durable),
  };
}
