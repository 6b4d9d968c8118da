import { brokenPromises } from './broken-promises.js';
import { LATE_MS } from './statistics.js';
import { markdownTable } from './table.js';
import { REQUESTS_PER_SECOND } from './traffic.js';
import type { Trial } from './trial.js';

/** The machine that the figures are from. */
export interface Machine {
  readonly cores: number;
  readonly node: string;
  readonly redis: string;
}

/** The text of docs/benchmarks/chaos.md. */
export function chaosDocument(trials: readonly Trial[], machine: Machine): string {
  const names = trials.map(({ fault }) => `\`${fault.name}\``).join(', ');
  return `# What the store's failures cost

\`npm run chaos -- store\` wrote this page. It starts a platform of its own, lets many well-behaved clients use it through the gateway
(${REQUESTS_PER_SECOND} requests a second, sent at that rate whatever is answered), and has one fault after the other strike.

<!-- prettier-ignore -->
${markdownTable(trials)}

${findings(trials)}

![Requests per 100 ms while the primary is killed](chaos-failover.svg)

Measured on ${machine.cores} cores that the load shares with the platform, Node ${machine.node}, Redis ${machine.redis}, everything on the
loopback. Trust the zeros; times depend on the machine.

## What the columns mean

- **requests, failed**: everything that was sent from 3 s before the fault to the end of the load, and what failed, by status and code. \`no answer\`:
  the connection broke, or 15 s passed.
- **lost**: sessions whose sign-in was acknowledged and which are gone, and carts that hold less than was acknowledged. A write that was
  refused or got no answer may or may not have happened: a cart may hold as much more.
- **undone**: sessions whose logout was acknowledged and which were accepted after that, at any moment.
- **false thefts**: clients that refresh one at a time, show the same token again after a failure, and had their session ended for
  \`token-reuse\` or got \`invalid_grant\`.
- **longest gap**: the longest time without a successful signed-in read, or without a successful cart add; the longer of the two.
- **p99**: of all requests that succeeded, from when they were due.
- **recovered after**: when the last request failed or was answered late (after more than ${LATE_MS} ms), from the fault, or from its end
  where something is held down on purpose. 0: there was none. \`never\`: requests failed up to the end.

A session store that is away makes requests wait for up to 3 s before they are refused: so a failover makes many late, and few fail.

In the minority nobody believes the deposed primary for longer than a second after its last acknowledged beat: what was ended on the
other side is not accepted there, and what was begun there is not 401 but late, or 503.

## Run it

\`\`\`sh
npm run chaos -- store                              # all, about eight minutes; writes this page
npm run chaos -- store --only killed,hung           # a part; writes nothing
npm run chaos -- store --only killed --seconds 60   # longer under load
\`\`\`

The names for \`--only\`: ${names}.

It exits with 1 when a promise is broken: anything lost (but where all data are gone), undone or taken for a theft, a 401 for a good
session, or no recovery. It needs a Redis that it can start itself, not one in a container.
`;
}

function findings(trials: readonly Trial[]): string {
  const lines = trials.flatMap((trial) =>
    brokenPromises(trial).map((what) => `- ${trial.fault.title}: ${what}`),
  );
  return lines.length === 0 ? 'Every promise held.' : `What did not hold:\n\n${lines.join('\n')}`;
}
