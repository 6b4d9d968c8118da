import { barsSvg, linesSvg, type Bars, type Side } from '@holdfast/charts';
import { whole } from '../print.js';
import {
  contendersOf,
  perSecondOf,
  populationsOf,
  serverMicrosOf,
  type ContenderResult,
  type SessionResults,
} from './results.js';
import { RATES } from './run.js';
import { spreadOf } from './statistics.js';

/** The pictures of the document, by file name. */
export function sessionCharts(results: SessionResults): Readonly<Record<string, string>> {
  return {
    'session-requests.svg': requestsChart(results),
    'session-commands.svg': commandsChart(results),
    'session-population.svg': populationChart(results),
  };
}

function requestsChart(results: SessionResults): string {
  return barsSvg({
    title: 'Requests a second',
    series: [''],
    rows: contendersOf(results).map((result) => bars(result, [spreadOf(perSecondOf(result.rounds)).median])),
    write: whole,
  });
}

function commandsChart(results: SessionResults): string {
  return barsSvg({
    title: 'Redis commands sent for each request',
    series: RATES.map((rate) => `at ${whole(rate)} requests a second`),
    rows: contendersOf(results).map((result) =>
      bars(
        result,
        result.rates.map(({ sent }) => sent),
      ),
    ),
    write: (value) => value.toFixed(3),
  });
}

function populationChart(results: SessionResults): string {
  const [first] = results.groups;
  return linesSvg({
    title: 'Processor time of the server for a request, in µs, by sessions in the store',
    steps: (first?.populations ?? []).map(({ size }) => whole(size)),
    lines: contendersOf(results)
      .filter(({ contender }) => contender.isFilled)
      .map(({ contender }) => ({
        name: plain(contender.name),
        side: sideOf(contender),
        values: populationsOf(results, contender.id).map(
          ({ inUse }) => serverMicrosOf(inUse.get(contender) ?? []).median,
        ),
      })),
    write: (value) => value.toFixed(0),
  });
}

function bars({ contender }: ContenderResult, values: readonly number[]): Bars {
  return { name: plain(contender.name), side: sideOf(contender), values };
}

function sideOf({ sessions }: ContenderResult['contender']): Side {
  return sessions === 'none' ? 'base' : sessions === 'holdfast' ? 'ours' : 'other';
}

/** Names are written in Markdown. */
function plain(name: string): string {
  return name.replaceAll('`', '');
}
