import {
  between,
  cutOff,
  LASTS_MS,
  ODD_ONE,
  percentileMs,
  shareOf,
  STRIKES_AT_MS,
  successShare,
  type Served,
} from '@holdfast/balancer-simulator';
import type { Measured } from './measure.js';
import { POLICIES } from './policies.js';

/** The text of docs/guides/balancing.md. */
export function balancingGuide(all: readonly Measured[]): string {
  const played = [policies, oneSlow, tenTimesSlower, failsFast, newcomer, dead].map((section) =>
    section(all),
  );
  return [OPENING, ...played, AROUND].join('\n');
}

const OPENING = `# Balancing

Which instance gets a request, and what happens around that choice. \`npm run simulate\` wrote this page and its pictures: every figure comes
from the simulator in \`libs/balancer/simulator\`, which plays the platform's own code (\`libs/balancer/core\`) with a clock of its own and seeded
randomness. A test compares the page with the simulator.

\`BALANCER_POLICY\` chooses, for the gateway and for calls between services: \`p2c-ewma\` is the default, \`p2c-ewma,order=rendezvous\` gives one
service another one. All of it in [configuration](../reference/configuration.md#balancing).
`;

const AROUND = `## What stands around the choice

- **Ejection.** The fifth 502, 503 or 504 in a row, or the second refused or broken connection or timeout, opens an instance's circuit for
  30 s, the n-th time in a row for n times as long, 5 minutes at most. Half of the instances may be ejected and no more.
- **Half-open.** When that time is over, or when a check has found an unreachable instance reachable, one request goes through. Its answer closes
  the circuit, its failure opens it again. A probe that tells nothing for a second is followed by another one.
- **Checks.** Every instance is asked for \`/readyz\` each second: two without an answer, or one refusal, take it out, one that passes takes it in.
- **Panic.** When more than half of the instances are out, all are used: the fault is hardly theirs.
- **Silence.** An instance that answers nothing at all for 1.25 s, and for eight times its average, while three requests or more wait for
  it, hangs: it is stopped, or cut off without a word. Safe requests move on, the second one that does ejects it, and \`p2c-ewma\` has sent
  nobody after them meanwhile. Alone, a request may just take long: then a try has two seconds.
- **Slow start.** A newcomer's share grows for five seconds. Those of the first listing are none.
- **\`Retry-After\`** of a 503 makes an instance unattractive for as long as it asks, 30 s at most.
- **Retries** go to another instance, only where a repetition is safe and before the first byte of an answer, after a random pause where many
  requests broke off at once, and within a budget: 20 % of the requests of the last ten seconds, and ten a second.
- **Discovery never empties.** Who lists the instances may be away: the last known ones stay.

## Run it

\`\`\`sh
npm run simulate   # a few seconds; writes this page and its pictures
\`\`\`
`;

function policies(all: readonly Measured[]): string {
  return `## The policies

${policiesTable(all)}

${POLICIES.map(({ name, text }) => `**\`${name}\`.** ${text}`).join('\n\n')}
`;
}

function oneSlow(all: readonly Measured[]): string {
  return `## One slow server

Eleven servers, of which one takes longer than a second for half of its requests, and clients that wait for a second: the experiment of
[Jenson and Oanta](https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency/) (2016), who saw 95 % of the requests succeed
with round robin, 99 % with least loaded and 99.9 % with peak EWMA. The policy is alone here: nobody is ejected, nothing is tried again.

![Latency by percentile](balancing-one-slow.svg)

${table(
  ['policy', 'in time', 'to the slow server', 'p50', 'p99'],
  all.map(({ policy, oneSlow }) => [
    `\`${policy}\``,
    percent(successShare(oneSlow)),
    percent(shareOf(ODD_ONE, oneSlow)),
    ms(0.5, oneSlow),
    ms(0.99, oneSlow),
  ]),
)}
`;
}

function tenTimesSlower(all: readonly Measured[]): string {
  return `## A server that is ten times as slow

Four requests at a time, as the others, but each takes ten times as long: its fair share is more than it can do, and its queue grows.

${table(
  ['policy', 'in time', 'to the slow server', 'p50', 'p99'],
  all.map(({ policy, tenTimesSlower: served }) => [
    `\`${policy}\``,
    percent(successShare(served)),
    percent(shareOf(ODD_ONE, served)),
    ms(0.5, served),
    ms(0.99, served),
  ]),
)}
`;
}

function failsFast(all: readonly Measured[]): string {
  return `## A server that fails fast

It answers 503 within a millisecond, so it has the fewest requests in flight and the lowest latency of all: who looks at nothing else sends it
more than its share. A penalty after each failure keeps \`p2c-ewma\` away; for all others ejection does, after five failures in a row.

![Failed requests](balancing-fails-fast.svg)

${table(
  ['policy', 'succeeded: policy alone', 'with ejection'],
  all.map(({ policy, failsFast: { alone, guarded } }) => [
    `\`${policy}\``,
    percent(successShare(alone)),
    percent(successShare(guarded)),
  ]),
)}
`;
}

function newcomer(all: readonly Measured[]): string {
  return `## A newcomer

A fifth server joins four and is cold: its first requests take ten times as long, until it is warm after five seconds. The figures are of those
five seconds. Slow start lets its share grow from a tenth to all of it in that time; \`p2c-ewma\` needs it least, since who has never answered
gets one request and no second one.

${table(
  ['policy', 'in time: at once', 'p99', 'in time: slow start', 'p99'],
  all.map(({ policy, newcomer: { alone, slowStart } }) => [
    `\`${policy}\``,
    percent(successShare(alone)),
    ms(0.99, alone),
    percent(successShare(slowStart)),
    ms(0.99, slowStart),
  ]),
)}
`;
}

function dead(all: readonly Measured[]): string {
  return `## Dead, then back

One of four servers refuses connections for five seconds. With ejection and checks it is out after two refusals, is tried with one request once
a check has found it reachable, and has its share again when that went well. What still fails is tried again on another instance where that
is safe (below); the simulator tries nothing again.

![Failed requests while it is cut off](balancing-cut-off.svg)

${table(
  ['policy', 'failed: policy alone', 'with ejection', 'its share afterwards'],
  all.map(({ policy, cutOff: { alone, guarded } }) => [
    `\`${policy}\``,
    String(failed(alone)),
    String(failed(guarded)),
    percent(shareOf(ODD_ONE, between(STRIKES_AT_MS + LASTS_MS, cutOff.durationMs, guarded))),
  ]),
)}
`;
}

function policiesTable(all: readonly Measured[]): string {
  return table(
    ['name', 'chooses', 'in time with one slow server', 'use it'],
    POLICIES.map(({ name, chooses, use }) => {
      const served = all.find(({ policy }) => policy === name)?.oneSlow ?? [];
      return [`\`${name}\``, chooses, percent(successShare(served)), use];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return ['<!-- prettier-ignore -->', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function ms(part: number, served: readonly Served[]): string {
  return `${percentileMs(part, served).toFixed(0)} ms`;
}

function failed(served: readonly Served[]): number {
  return served.filter(({ outcome }) => outcome !== 'fine').length;
}
