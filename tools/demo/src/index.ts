import { ApiClient, Device, readRunFile, register } from '@holdfast/fleet-client';
import { bringTheCartAlong } from './acts/bring-the-cart-along.js';
import { fillTheCart } from './acts/fill-the-cart.js';
import { killAGatewayWorker } from './acts/kill-a-gateway-worker.js';
import { killAnInstance } from './acts/kill-an-instance.js';
import { killTheRedisPrimary } from './acts/kill-the-redis-primary.js';
import { listDevices } from './acts/list-devices.js';
import { logOutEverywhere } from './acts/log-out-everywhere.js';
import { orderOnce } from './acts/order-once.js';
import { restartEverything } from './acts/restart-everything.js';
import { shareAcrossServices } from './acts/share-across-services.js';
import { say, sayFinding, sayTable } from './print.js';
import { Stage, type Act, type Finding } from './stage.js';

/** Tells the story on the fleet of `home`; `true` if every promise held. */
async function tell(home: string): Promise<boolean> {
  const run = await readRunFile(home);
  if (run === undefined) {
    say(
      'No platform runs here. Start one with "npm start" in another terminal, then run "npm run demo" again.',
    );
    return false;
  }
  const gateway = new ApiClient(run.gateway.url);
  const credentials = await register(gateway);
  const stage = new Stage(home, run, gateway, await Device.signIn(gateway, credentials));
  say(`Ada has registered and signed in at ${run.gateway.url}.\n`);

  const acts: Act[] = [
    shareAcrossServices,
    fillTheCart,
    killAnInstance,
    killAGatewayWorker,
    orderOnce,
    bringTheCartAlong(credentials),
    listDevices(credentials),
    killTheRedisPrimary,
    restartEverything,
    logOutEverywhere,
  ];
  const rows: (readonly [string, Finding])[] = [];
  for (const act of acts) {
    say(`${rows.length + 1}. ${act.title}`);
    const finding = await act.play(stage);
    sayFinding(finding);
    rows.push([act.title, finding]);
  }
  sayTable(rows);
  return rows.every(([, { held }]) => held);
}

try {
  process.exitCode = (await tell(process.env['HOLDFAST_HOME'] ?? '.holdfast')) ? 0 : 1;
} catch (error) {
  say(`The story broke off: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
