import { barsSvg, type Bars, type Side } from '@holdfast/charts';
import { figureOf, type GatewayResults } from './results.js';
import type { ProxyId } from './proxies.js';
import type { TrialResult } from './trial.js';

/** The pictures of the document, by file name. */
export function gatewayCharts(results: GatewayResults): Readonly<Record<string, string>> {
  return {
    'gateway-processor.svg': barsSvg({
      title: 'Processor time of the proxy for a request, in µs',
      series: [''],
      rows: results.lanes.map((lane) => ({
        name: plain(lane.name),
        side: sideOf(lane.proxy),
        values: [figureOf(lane, 'micros').median],
      })),
      write: (value) => value.toFixed(1),
    }),
    'gateway-failed.svg': faultsChart(
      results,
      'Requests that failed under each fault',
      ({ failed }) => failed,
    ),
    'gateway-p99.svg': faultsChart(results, 'p99 of each fault, in ms', ({ p99Ms }) => p99Ms),
  };
}

function faultsChart(
  { proxies, scoreboard }: GatewayResults,
  title: string,
  valueOf: (result: TrialResult) => number,
): string {
  const rows = proxies.map(({ id, name }): Bars => ({
    name: plain(name),
    side: sideOf(id),
    values: [...scoreboard.values()].map((row) => {
      const result = row.get(id);
      return result === undefined ? 0 : valueOf(result);
    }),
  }));
  const series = [...scoreboard.keys()].map((fault) => fault.title);
  return barsSvg({ title, series, rows, write: (value) => value.toFixed(0) });
}

function sideOf(id: ProxyId): Side {
  if (id === 'ours') return 'ours';
  return id === 'nginx' ? 'base' : 'other';
}

/** Names are written in Markdown. */
function plain(name: string): string {
  return name.replaceAll('`', '');
}
