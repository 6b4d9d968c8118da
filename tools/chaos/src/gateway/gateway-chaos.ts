import { mkdir, writeFile } from 'node:fs/promises';
import { FleetControl } from '../fleet-control.js';
import { machineOf, type Say } from '../machine.js';
import type { ChaosCall } from '../options.js';
import { textTable } from '../table.js';
import { timelineSvg } from '../timeline-svg.js';
import { gatewayDocument, gatewayRows } from './gateway-document.js';
import { GATEWAY_FAULTS, instanceKilled } from './gateway-faults.js';
import { brokenGatewayPromises, runGatewayTrial, type GatewayTrial } from './gateway-trial.js';

const REST_MS = 1_000;

/** Has the gateway's faults strike the platform of `home`; `true` if every promise held. */
export async function runGatewayChaos(
  home: string,
  { names, underLoadMs, isWhole }: ChaosCall,
  { folder, say }: { readonly folder: string; readonly say: Say },
): Promise<boolean> {
  const fleet = new FleetControl(home);
  const trials: GatewayTrial[] = [];
  for (const fault of GATEWAY_FAULTS.filter(({ name }) => names.includes(name))) {
    await fleet.whole(REST_MS);
    say(`${fault.title} …`);
    const trial = await runGatewayTrial(fleet, fault, underLoadMs);
    for (const what of brokenGatewayPromises(trial)) say(`  ✘ ${what}`);
    trials.push(trial);
  }
  say(`\n${textTable(gatewayRows(trials))}\n`);
  if (isWhole) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}chaos-gateway.md`, gatewayDocument(trials, await machineOf(home)));
    const killed = trials.find(({ fault }) => fault === instanceKilled);
    const title = 'An instance of each service is killed under load: requests answered per 100 ms';
    if (killed) await writeFile(`${folder}chaos-gateway.svg`, timelineSvg(title, killed.timeline));
  }
  return trials.every((trial) => brokenGatewayPromises(trial).length === 0);
}
