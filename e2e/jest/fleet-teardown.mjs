import { leaksIn } from '../dist/log-leaks.js';

/** Ends the fleet of this run. Whatever the specs did to it: a secret in one of its logs fails the run. */
export default async function teardown() {
  const fleet = globalThis.holdfastFleet;
  const leaks = await leaksIn(fleet?.home ?? process.env['HOLDFAST_E2E_HOME']);
  await fleet?.stop();
  if (leaks.length > 0) throw new Error(`The logs of the fleet hold ${leaks.join(', ')}.`);
}
