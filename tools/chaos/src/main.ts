import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { askRedis } from '@holdfast/fleet-client';
import { runCall, startFleet } from '@holdfast/launcher';
import { brokenPromises } from './broken-promises.js';
import { chaosDocument, type Machine } from './document.js';
import { STORE_FAULTS } from './faults.js';
import { FleetControl } from './fleet-control.js';
import { readChaosCall, type ChaosCall } from './options.js';
import { textTable } from './table.js';
import { timelineSvg } from './timeline-svg.js';
import { runTrial, type Trial } from './trial.js';

const FOLDER = fileURLToPath(new URL('../../../docs/benchmarks/', import.meta.url));
// What is killed stays away for a while, or nobody would notice; and one address sends what many would.
const ENVIRONMENT = { RESTART_DELAY_MS: '6000', CEILING_PER_ADDRESS: '0' };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function runTrials(home: string, { faults, underLoadMs }: ChaosCall): Promise<readonly Trial[]> {
  const fleet = new FleetControl(home);
  const trials: Trial[] = [];
  for (const fault of faults) {
    await fleet.whole();
    say(`${fault.title} …`);
    const trial = await runTrial(fleet, fault, underLoadMs);
    for (const what of brokenPromises(trial)) say(`  ✘ ${what}`);
    for (const story of fault.mayLose === true ? [] : trial.stories) say(`    ${story}`);
    trials.push(trial);
  }
  return trials;
}

async function machineOf(home: string): Promise<Machine> {
  const [node] = await new FleetControl(home).dataNodes();
  const info = (await askRedis(node?.port ?? 0, 'INFO server')) ?? '';
  const redis = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of an unknown version';
  return { cores: availableParallelism(), node: process.versions.node, redis };
}

async function write(trials: readonly Trial[], machine: Machine): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}chaos.md`, chaosDocument(trials, machine));
  const killed = trials.find(({ fault }) => fault.name === 'killed');
  if (killed === undefined) return;
  const title = 'The Redis primary is killed under load: requests answered per 100 ms';
  await writeFile(`${FOLDER}chaos-failover.svg`, timelineSvg(title, killed.timeline));
}

/** Runs what was asked for; `true` if every promise held. */
async function run(call: ChaosCall): Promise<boolean> {
  say('Starting a platform of its own …');
  const fleet = await startFleet({ env: ENVIRONMENT });
  try {
    const trials = await runTrials(fleet.home, call);
    say(`\n${textTable(trials)}\n`);
    if (call.isWhole) await write(trials, await machineOf(fleet.home));
    return trials.every((trial) => brokenPromises(trial).length === 0);
  } finally {
    await fleet.stop();
  }
}

await runCall(readChaosCall(process.argv.slice(2), STORE_FAULTS), run);
