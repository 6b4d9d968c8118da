import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCall, startFleet } from '@holdfast/launcher';
import { checkHistory } from './checker/check-history.js';
import { SPREAD_MS, type Violation } from './checker/violation.js';
import { Doors } from './doors.js';
import { historyLines, parseHistory } from './history-file.js';
import { readSoakCall, type SoakCall } from './options.js';
import { soak, type SoakResult } from './soak.js';
import { describe, summaryOf } from './summary.js';

const NODES = 3;
const USERS = 6;
const CLIMATE = { passing: { least: 200, most: 3_000 }, store: { least: 3_000, most: 20_000 } };
const MOST_SHOWN = 10;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A platform of its own behind doors, soaked. */
async function soakOwnPlatform({
  strategy,
  seed,
  forMs,
  only,
}: Extract<SoakCall, { kind: 'soak' }>): Promise<SoakResult> {
  const doors = new Doors();
  const nodes = await doors.open(NODES);
  const ports = (of: (door: (typeof nodes)[number]) => number): string => nodes.map(of).join(',');
  const env = {
    REDIS_PORTS: ports(({ port }) => port),
    REDIS_LISTEN_PORTS: ports(({ listenPort }) => listenPort),
    // One address sends what many would.
    CEILING_PER_ADDRESS: '0',
  };
  say('Starting a platform of its own …');
  try {
    const fleet = await startFleet({ args: ['--strategy', strategy], env });
    try {
      say(`Soaking it for ${forMs / 60_000} minutes, seed ${seed} …`);
      const plan = { strategy, seed, forMs, users: USERS, climate: { ...CLIMATE, only } };
      return await soak(fleet.home, plan, doors);
    } finally {
      await fleet.stop();
    }
  } finally {
    doors.close();
  }
}

function tell(violations: readonly Violation[]): void {
  for (const violation of violations.slice(0, MOST_SHOWN)) say(describe(violation));
  if (violations.length > MOST_SHOWN) say(`… and ${violations.length - MOST_SHOWN} more.`);
  say(`${violations.length === 0 ? '✓' : '✘'} ${violations.length} violations`);
}

/** Answers whether every promise held. */
async function run(call: SoakCall): Promise<boolean> {
  if (call.kind === 'check') {
    const history = parseHistory(await readFile(call.file, 'utf8'));
    const violations = checkHistory(history, { spreadMs: SPREAD_MS[call.strategy] });
    tell(violations);
    return violations.length === 0;
  }
  const { strategy, seed, forMs, only } = call;
  const { history, violations } = await soakOwnPlatform(call);
  say(`\n${summaryOf(history)}\n`);
  tell(violations);
  if (violations.length === 0 && call.history === undefined) return true;
  const file = call.history ?? join(tmpdir(), `holdfast-history-${seed}.jsonl`);
  await writeFile(file, historyLines(history), { mode: 0o600 });
  say(`\nThe history:     ${file}`);
  say(`Judge it again:  npm run soak -- --check ${file} --strategy ${strategy}`);
  const just = only === undefined ? '' : ` --only ${only.join(',')}`;
  const again = `--seed ${seed} --minutes ${forMs / 60_000} --strategy ${strategy}`;
  say(`Run it again:    npm run soak -- ${again}${just}`);
  return violations.length === 0;
}

await runCall(readSoakCall(process.argv.slice(2), randomInt(2 ** 32)), run);
