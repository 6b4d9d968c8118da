import { markdownTable, whole } from '../print.js';
import { goalRows } from './goals.js';
import {
  contendersOf,
  partsOfBare,
  perSecondOf,
  populationsOf,
  serverMicrosOf,
  timesByWork,
  timesOf,
  type ContenderResult,
  type SessionResults,
} from './results.js';
import { ACTIVE } from './round.js';
import { COUNTED } from './run.js';
import type { PopulationFigures } from './run.js';
import { spreadOf, type Spread } from './statistics.js';

/** `docs/benchmarks/session.md`. */
export function sessionReport(results: SessionResults): string {
  return `# What being signed in costs

Written by \`npm run bench -- session\`; run it again on your machine. ${results.notes.join(' ')} Figures of one run; trust their ratios.

## Goals

Of a request signed in with \`hybrid\`: compared with the open route as a service, with other libraries as a library, without the rest of a service.

${goalsTable(results)}

## Requests

The same route with the same body, \`{"userId":"…"}\`. Medians of the rounds, and the lowest and highest round; ratios are of
the same rounds. *Server µs*: processor time of the server's process for a request, all its threads; *by processor time*: of the open route, by that alone,
which sees less of what else the machine does, and nothing of what waits for Redis.

${requestsTable(results)}

![Requests a second of each](session-requests.svg)

${setUps(results)}

## Redis commands

For each request. *Sent*: what came over a connection, whoever sent it: leases, beats and registry too. *Executed*: with
those that scripts carry out inside Redis.

${commandsTable(results)}

![Commands sent for each request](session-commands.svg)

${storesSection(results)}

${METHOD}
`;
}

function storesSection(results: SessionResults): string {
  return `## Sessions in the store

The server's processor time for a request, and *of the open route* what is left of its requests a second, while the store
holds so many sessions. *Bytes*: growth of \`used_memory\` for each session, of the fullest store. *Token never seen*: each
request brings another session, and a token whose signature was not verified before.

${populationsTable(results)}

![Processor time for a request, by sessions in the store](session-population.svg)

## Logout

Milliseconds from when the logout is sent to one instance until another one refuses the session. *Not at all*: still
accepted 2 s later: \`@fastify/session\` writes the session with each answer, and a request that is under way at the logout
brings it back.

${logoutsTable(results)}`;
}

const METHOD = `## How it is measured

- Each contender has a server in a process of its own, and a Redis of its own with the platform's settings (append-only
  file, one primary). With two cores and \`taskset\`, servers keep to one core; Redis and the load share the other.
- The load is a loop over plain sockets in a process of its own: 64 connections that each wait for their answer, and a
  run that ends at any answer but 200. A client library would take more processor time than the servers.
- Side by side are only those that are compared: one with the open route, the libraries with each other, and then the rest. Nobody else
  is alive meanwhile, for what a process does without requests (beats, leases, timers) is taken from whoever is measured.
- Requests choose one of ${whole(ACTIVE)} sessions at random; each server has met all of them just before each round, and runs
  warm. Contenders take turns, a round each, and again from the first: what slows the machine for a while slows all.
- Commands at 100 and 1,000 requests a second are counted with ${COUNTED} sessions in use (each that is near is read again every 30 seconds), by \`MONITOR\`, at full speed by \`INFO\`.
- Sessions are real ones, begun as a sign-in does, up to 10,000 (others: 2,000); the rest are copies of them under names of their
  own, which nobody can sign in with. Nothing is measured while Redis rewrites its file.
- The service of Holdfast is made by \`createService\` and \`ServiceDefaultsModule\`, as the platform's services are: request
  ids, security headers, health, registry and drain are in its figures, and in those of the open route: what differs is the
  session. Other libraries run without all that; Holdfast does as well where it is compared with them. They come from a lockfile of their own (\`tools/bench/competitors\`),
  installed when the bench runs: nobody else has to download them.

## What it does not show

- What a gateway costs in front of the services, or what signing in costs: no password is hashed here.
- Other machines: one core for a server is little, and Redis has no network to cross.
- Logouts with a ledger in Postgres: the sessions here end in Redis alone.
- Libraries at their best: those who can, cache or sign sessions into cookies, and then a logout is over when the cache says so.`;

const twice = (value: number): string => value.toFixed(2);
const once = (value: number): string => value.toFixed(1);
const shown = (value: number | undefined, write: (value: number) => string): string =>
  value === undefined || !Number.isFinite(value) ? '–' : write(value);
const between = ({ least, most }: Spread, write: (value: number) => string): string =>
  `${write(least)}–${write(most)}`;

function goalsTable(results: SessionResults): string {
  const rows = goalRows(results).map(({ what, goal, result }) => [what, goal, result]);
  return markdownTable([['what', 'goal', 'result'], ...rows]);
}

function requestsTable(results: SessionResults): string {
  const head = [
    'contender',
    'requests a second',
    'rounds',
    'of the open route',
    'rounds',
    'by processor time',
    'of `express-session`',
    'of `@fastify/session`',
    'server µs',
  ];
  const rows = contendersOf(results).map(({ contender: { id, name }, rounds }) => {
    const rates = spreadOf(perSecondOf(rounds));
    const ofBare = timesOf(results, id, 'bare');
    return [
      name,
      whole(rates.median),
      between(rates, whole),
      shown(ofBare?.median, twice),
      ofBare ? between(ofBare, twice) : '–',
      shown(timesByWork(results, id, 'bare')?.median, twice),
      shown(timesOf(results, id, 'express-session')?.median, twice),
      shown(timesOf(results, id, 'fastify-session')?.median, twice),
      once(serverMicrosOf(rounds).median),
    ];
  });
  return markdownTable([head, ...rows]);
}

function setUps(results: SessionResults): string {
  return contendersOf(results)
    .map(({ contender: { name, setUp } }) => `- ${name}: ${setUp}.`)
    .join('\n');
}

function commandsTable(results: SessionResults): string {
  const head = [
    'contender',
    'sent at 100 a second',
    'sent at 1,000',
    'executed at 100',
    'executed at 1,000',
    'executed at full speed',
  ];
  const rows = contendersOf(results).map(({ contender, rates, rounds }) => [
    contender.name,
    ...rates.map(({ sent }) => sent.toFixed(3)),
    ...rates.map(({ executed }) => executed.toFixed(3)),
    spreadOf(rounds.map(({ executed }) => executed)).median.toFixed(3),
  ]);
  return markdownTable([head, ...rows]);
}

function populationsTable(results: SessionResults): string {
  const sizes = sizesOf(results).map(whole);
  const head = [
    'contender',
    'bytes',
    ...sizes.map((size) => `${size}: µs`),
    ...sizes.map((size) => `${size}: of the open route`),
  ];
  const rows = contendersOf(results)
    .filter(({ contender }) => contender.isFilled && contender.sessions !== 'none')
    .flatMap((result) => [inUseRow(results, result), ...neverSeenRow(results, result)]);
  return markdownTable([head, ...rows]);
}

function sizesOf({ groups }: SessionResults): readonly number[] {
  return [...new Set(groups.flatMap(({ populations }) => populations.map(({ size }) => size)))];
}

function inUseRow(results: SessionResults, { contender }: ContenderResult): readonly string[] {
  const populations = populationsOf(results, contender.id);
  const bytes = populations.at(-1)?.bytesEach.get(contender);
  return [
    contender.name,
    shown(bytes, whole),
    ...populations.map(({ inUse }) => shown(microsIn(inUse, contender), once)),
    ...partsOfBare(results, contender.id).map((part) => shown(part, twice)),
  ];
}

function neverSeenRow(results: SessionResults, { contender }: ContenderResult): readonly string[][] {
  const populations = populationsOf(results, contender.id);
  if (populations.every(({ neverSeen }) => !neverSeen.has(contender))) return [];
  const micros = populations.map(({ neverSeen }) => shown(microsIn(neverSeen, contender), once));
  return [[`${contender.name}, token never seen`, '', ...micros, ...populations.map(() => '')]];
}

function microsIn(rounds: PopulationFigures['inUse'], contender: ContenderResult['contender']): number {
  return serverMicrosOf(rounds.get(contender) ?? []).median;
}

function logoutsTable(results: SessionResults): string {
  const rows = contendersOf(results)
    .filter(({ logoutsMs }) => logoutsMs.length > 0)
    .map(({ contender, logoutsMs }) => {
      const refused = logoutsMs.filter((ms) => ms !== undefined);
      const { median, least, most } = spreadOf(refused);
      const times = [median, least, most].map((ms) => shown(ms, once));
      return [contender.name, ...times, `${logoutsMs.length - refused.length} of ${logoutsMs.length}`];
    });
  return markdownTable([['contender', 'median ms', 'least', 'most', 'not at all'], ...rows]);
}
