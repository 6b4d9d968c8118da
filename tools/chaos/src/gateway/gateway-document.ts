import type { Machine } from '../document.js';
import { LATE_MS } from '../statistics.js';
import { failuresText, markdownRows, timesText } from '../table.js';
import { brokenGatewayPromises, RATES, type GatewayTrial } from './gateway-trial.js';

/** The columns of the table, in order. */
const COLUMNS = [
  'fault',
  'requests',
  'failed (by status and code)',
  'sent again',
  'orders lost',
  'orders doubled',
  'longest gap ms',
  'p99 ms',
  'recovered after ms',
];

/** The rows of the table, head first. */
export function gatewayRows(trials: readonly GatewayTrial[]): readonly (readonly string[])[] {
  return [COLUMNS, ...trials.map(cells)];
}

function cells(trial: GatewayTrial): readonly string[] {
  const { fault, requests, failures, orders } = trial;
  return [
    fault.title,
    String(requests),
    failuresText(failures),
    String(trial.sentAgain),
    String(orders.lost),
    String(orders.doubled),
    ...timesText(trial),
  ];
}

/** The text of docs/benchmarks/chaos-gateway.md. */
export function gatewayDocument(trials: readonly GatewayTrial[], machine: Machine): string {
  return `# What failures of services and gateway workers cost

\`npm run chaos -- gateway\` wrote this page. It starts a platform of its own (two of each service, two gateway workers), lets signed-in
clients use it (${RATES.read} reads a second of all services, ${RATES.order} orders a second with an \`Idempotency-Key\`, sent at that rate whatever is answered), and has
one fault after the other strike.

<!-- prettier-ignore -->
${markdownRows(gatewayRows(trials))}

${findings(trials)}

![Requests per 100 ms while an instance of each service is killed](chaos-gateway.svg)

Measured on ${machine.cores} cores that the load shares with the platform, Node ${machine.node}, Redis ${machine.redis}, everything on the
loopback. Trust the zeros; times depend on the machine. Beside other proxies: [gateway](gateway.md).

## What the columns mean

- **requests, failed**: everything that was sent from 2 s before the fault to the end of the load, and what failed, by status and code. \`no answer\`:
  the connection broke, or 15 s passed. An order is two requests, a \`PUT\` that fills the cart and the keyed \`POST\`, and counts as one.
- **sent again**: requests that their clients repeated, as HTTP clients do, since a draining worker closed their kept connection just as they
  were sent (G4 does not cover that). Where a worker is killed nobody repeats.
- **orders lost, doubled**: acknowledged orders that are not there afterwards, and orders that are there without having been asked for
  once more: one that got no answer may be there, once.
- **longest gap**: the longest time without a successful read, or without a successful order; the longer of the two.
- **p99**: of all requests that succeeded, from when they were due.
- **recovered after**: when the last request failed or was answered late (after more than ${LATE_MS} ms), from the fault. 0: there was none.

A gateway worker that is killed takes with it the requests that it holds: nobody else can answer on its connections. Those may fail, and
nothing that is sent later. An instance that is slow stands still for 90 of 100 ms.

## Run it

\`\`\`sh
npm run chaos -- gateway                            # all, about four minutes; writes this page
npm run chaos -- gateway --only worker,rolling      # a part; writes nothing
\`\`\`

The names for \`--only\`: ${trials.map(({ fault }) => `\`${fault.name}\``).join(', ')}.

It exits with 1 when a promise is broken: a request that may be repeated fails, an order is lost or placed twice (G2, G4), a killed worker
costs more than it held, one slow instance slows the others (p99 over ${LATE_MS} ms), or requests fail up to the end.
`;
}

function findings(trials: readonly GatewayTrial[]): string {
  const broken = trials.flatMap((trial) =>
    brokenGatewayPromises(trial).map((what) => `- ${trial.fault.title}: ${what}`),
  );
  return broken.length === 0 ? 'Every promise held.' : `What did not hold:\n\n${broken.join('\n')}`;
}
