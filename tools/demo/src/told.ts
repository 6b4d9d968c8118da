import type { GatewayTrial } from '@holdfast/chaos';

/** What clients saw of a fault, in a few words. */
export function told({ failures, requests, orders, longestGapMs, p99Ms }: GatewayTrial): string {
  const failed = failures.reduce((sum, [, count]) => sum + count, 0);
  const twice = orders.doubled === 0 ? 'no order twice' : `${orders.doubled} orders twice`;
  return `${failed} of ${requests} failed, ${twice}, longest gap ${Math.round(longestGapMs)} ms, p99 ${Math.round(p99Ms)} ms`;
}
