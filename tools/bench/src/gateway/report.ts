import { markdownTable, whole } from '../print.js';
import { goalRows, JUDGED } from './goals.js';
import { figureOf, timesOf, type GatewayResults } from './results.js';
import { PATH } from './throughput.js';
import { PER_SECOND, type TrialResult } from './trial.js';
import { CONNECTIONS } from './wrk.js';

/** `docs/benchmarks/gateway.md`. */
export function gatewayReport(results: GatewayResults): string {
  return `# What the gateway costs, and what it saves

Written by \`npm run bench -- gateway\`; run it again on your machine. ${results.notes.join(' ')} Figures of one run; trust their ratios.

## Goals

${goalsTable(results)}

Best or equal best: nobody has fewer failed requests; and of those with as few nobody has a longest gap or a p99 that is shorter by more
than half and by more than 50 ms.

## Requests

\`GET ${PATH}\` with a signed-in session, before the same three instances. Every proxy has one worker. _Processor µs_: user and system time
of all processes of the proxy for a request. Medians of the rounds; ratios are of the same rounds. _Busy_: how much of its core the proxy
used: where that is well under 1, the instances or the load set the requests a second, not the proxy.

${requestsTable(results)}

![Processor time of each for a request](gateway-processor.svg)

${setUps(results)}

What ours does for each request and no other here does: it strips what only a gateway may say, checks for ambiguous HTTP, notes the
session's activity, measures the instance, counts, and, with a cookie, confirms the session and swaps the cookie for a token. A bearer
token it does not verify: the services do, each for itself.

## Failover scoreboard

${PER_SECOND} requests a second, sent at that rate whatever is answered; latency from when a request was due, so that a stall counts in full.
Instances take 10 ms for an answer. In each cell: failed requests of all, longest time without a success, p99 of what succeeded.

${scoreTable(results)}

![Failed requests of each fault](gateway-failed.svg)

![p99 of each fault](gateway-p99.svg)

${METHOD}
`;
}

const METHOD = `## How it is measured

- The instances are small programs that are registered in Redis, answer \`/readyz\`, drain on SIGTERM (not ready, 1.5 s more of service, each
  answer closing its connection) and send the headers that the platform's services send. They and the load share one core, the proxy has the
  other, where there are two and \`taskset\` is.
- Full load: ${CONNECTIONS} connections that each wait for their answer, 100 sessions in turn, by wrk or, where that cannot be installed, autocannon. Proxies take
  turns, a round each. A run ends at any answer but 200.
- A fault strikes once for each proxy, the others being idle. Killed instances stay away for a second. \`kill -9\` and the rolling restart
  strike all three instances, one after the other; the other faults one of them.
- The keyed POSTs carry an \`Idempotency-Key\`, and every proxy that can be told to repeat them is.
- Auth is played by this bench: it publishes its key and swaps cookies. Sessions are begun in Redis as a sign-in does.
- Versions of the libraries are those of \`tools/bench/competitors\`.

## What it does not show

- TLS, HTTP/2, large bodies, streaming: the goal is what the platform's requests cost.
- More workers than one. The other faults of the platform are in [chaos-gateway](chaos-gateway.md), with two.
- nginx Plus, whose active checks its free edition lacks.`;

function goalsTable(results: GatewayResults): string {
  const rows = goalRows(results).map(({ what, goal, result }) => [what, goal, result]);
  return markdownTable([['what', 'goal', 'result'], ...rows]);
}

function requestsTable(results: GatewayResults): string {
  const head = [
    'proxy',
    'processor µs',
    'of nginx’s',
    'of `@fastify/http-proxy`’s',
    'requests a second',
    'of ours',
    'busy',
    'p50 ms',
    'p99 ms',
  ];
  const shown = (of: 'micros' | 'perSecond', pair: readonly [string, string]): string =>
    timesOf(results, of, pair)?.median.toFixed(2) ?? '–';
  const rows = results.lanes.map((lane) => [
    lane.name,
    figureOf(lane, 'micros').median.toFixed(1),
    shown('micros', [lane.id, 'nginx']),
    shown('micros', [lane.id, 'reply-from']),
    whole(figureOf(lane, 'perSecond').median),
    shown('perSecond', [lane.id, JUDGED]),
    figureOf(lane, 'busy').median.toFixed(2),
    figureOf(lane, 'p50Ms').median.toFixed(2),
    figureOf(lane, 'p99Ms').median.toFixed(2),
  ]);
  return markdownTable([head, ...rows]);
}

function setUps({ proxies }: GatewayResults): string {
  return proxies.map(({ name, setUp }) => `- ${name}: ${setUp}.`).join('\n');
}

function scoreTable({ proxies, scoreboard }: GatewayResults): string {
  const head = ['fault', ...proxies.map(({ name }) => name)];
  const rows = [...scoreboard].map(([fault, row]) => [
    fault.title,
    ...proxies.map(({ id }) => cell(row.get(id))),
  ]);
  return markdownTable([head, ...rows]);
}

function cell(result: TrialResult | undefined): string {
  if (result === undefined) return '–';
  const { failed, sent, longestGapMs, p99Ms } = result;
  const lost = failed === 0 ? '0' : `**${failed}** of ${sent}`;
  return `${lost}; ${Math.round(longestGapMs)} ms; ${Math.round(p99Ms)} ms`;
}
