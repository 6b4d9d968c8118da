import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Durations, statusClass, Tally } from './hot-metrics.js';

describe('metrics of the hot path', () => {
  it('are shown in the text format as prom-client shows its own', async () => {
    const registry = new Registry();
    const durations = new Durations({ name: 'took_seconds', help: 'How long', registry });
    for (const ms of [0.4, 1, 30, 60_000]) durations.series({ route: '/cart' }).observe(ms);
    new Tally({ name: 'seen_total', help: 'How many', registry }).series({ as: 'hit' }).add(2);
    const lines = (await registry.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE took_seconds histogram',
        'took_seconds_bucket{le="0.0005",route="/cart"} 1',
        'took_seconds_bucket{le="0.001",route="/cart"} 2',
        'took_seconds_bucket{le="0.025",route="/cart"} 2',
        'took_seconds_bucket{le="0.05",route="/cart"} 3',
        'took_seconds_bucket{le="+Inf",route="/cart"} 4',
        'took_seconds_count{route="/cart"} 4',
        '# TYPE seen_total counter',
        'seen_total{as="hit"} 2',
      ]),
    );
  });

  it('have one series for the same labels, and none for what is gone', async () => {
    const registry = new Registry();
    let there = 'order-1';
    const tally: Tally = new Tally({
      name: 'tries_total',
      help: 'Tries',
      registry,
      beforeShown: () => tally.keep(({ instance }) => instance === there),
    });
    tally.series({ instance: 'order-1' }).add();
    tally.series({ instance: 'order-1' }).add();
    expect(await registry.metrics()).toContain('tries_total{instance="order-1"} 2');
    there = 'order-2';
    expect(await registry.metrics()).not.toContain('order-1');
  });

  it('name statuses by their class', () => {
    expect([200, 304, 404, 503, 999].map(statusClass)).toEqual(['2xx', '3xx', '4xx', '5xx', 'other']);
  });
});
