// By its path: no source of this package imports the launcher, and `npm test` has built it by now.
import { findChromium, startFleet } from '../../tools/launcher/dist/index.js';

const say = (line) => process.stderr.write(`${line}\n`);

/** A real browser, and one real fleet for all end-to-end specs; `HOLDFAST_E2E_HOME` names one that runs already. */
export default async function setup() {
  process.env['CHROMIUM_PATH'] = await findChromium(say);
  if (process.env['HOLDFAST_E2E_HOME'] !== undefined) return;
  // What is killed comes back soon: most of the wait for it is that for its start anyway. And a drain cuts nothing that
  // a busy machine is slow to answer. `/live` is for a spec that brings the service itself.
  const env = { RESTART_DELAY_MS: '200', DRAIN_DEADLINE_MS: '60000', GATEWAY_ROUTES: 'live=live' };
  const fleet = await startFleet({ env });
  process.env['HOLDFAST_E2E_HOME'] = fleet.home;
  globalThis.holdfastFleet = fleet;
}
