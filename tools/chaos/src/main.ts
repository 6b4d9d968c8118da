import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runCall, startFleet } from '@holdfast/launcher';
import { brokenPromises } from './broken-promises.js';
import { chaosDocument } from './document.js';
import { STORE_FAULTS } from './faults.js';
import { FleetControl } from './fleet-control.js';
import { runGatewayChaos } from './gateway/gateway-chaos.js';
import { GATEWAY_FAULTS } from './gateway/gateway-faults.js';
import { machineOf } from './machine.js';
import { readChaosCall, type ChaosCall } from './options.js';
import { tableRows, textTable } from './table.js';
import { timelineSvg } from './timeline-svg.js';
import { runTrial, type Trial } from './trial.js';

const FOLDER = fileURLToPath(new URL('../../../docs/benchmarks/', import.meta.url));
/** One address sends what many would. */
const CROWDED = { CEILING_PER_ADDRESS: '0' };
// What is killed stays away for a while, or nobody would notice; restarts that are waited for need not.
const ENVIRONMENT = {
  store: { ...CROWDED, RESTART_DELAY_MS: '6000' },
  gateway: { ...CROWDED, RESTART_DELAY_MS: '2000' },
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function runTrials(home: string, { names, underLoadMs }: ChaosCall): Promise<readonly Trial[]> {
  const fleet = new FleetControl(home);
  const trials: Trial[] = [];
  for (const fault of STORE_FAULTS.filter(({ name }) => names.includes(name))) {
    await fleet.whole();
    say(`${fault.title} …`);
    const trial = await runTrial(fleet, fault, underLoadMs);
    for (const what of brokenPromises(trial)) say(`  ✘ ${what}`);
    for (const story of fault.mayLose === true ? [] : trial.stories) say(`    ${story}`);
    trials.push(trial);
  }
  return trials;
}

async function write(trials: readonly Trial[], home: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}chaos.md`, chaosDocument(trials, await machineOf(home)));
  const killed = trials.find(({ fault }) => fault.name === 'killed');
  if (killed === undefined) return;
  const title = 'The Redis primary is killed under load: requests answered per 100 ms';
  await writeFile(`${FOLDER}chaos-failover.svg`, timelineSvg(title, killed.timeline));
}

async function runStoreChaos(home: string, call: ChaosCall): Promise<boolean> {
  const trials = await runTrials(home, call);
  say(`\n${textTable(tableRows(trials))}\n`);
  if (call.isWhole) await write(trials, home);
  return trials.every((trial) => brokenPromises(trial).length === 0);
}

/** Runs what was asked for; `true` if every promise held. */
async function run(call: ChaosCall): Promise<boolean> {
  say('Starting a platform of its own …');
  const fleet = await startFleet({ env: ENVIRONMENT[call.target] });
  try {
    if (call.target === 'store') return await runStoreChaos(fleet.home, call);
    return await runGatewayChaos(fleet.home, call, { folder: FOLDER, say });
  } finally {
    await fleet.stop();
  }
}

const FAULTS = { store: STORE_FAULTS, gateway: GATEWAY_FAULTS };
await runCall(readChaosCall(process.argv.slice(2), FAULTS), run);
