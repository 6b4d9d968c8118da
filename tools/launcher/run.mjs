import { join } from 'node:path';
import { giveUp, prepare, PROJECTS, root } from './bootstrap.mjs';

/** The tools of the platform; one with a fleet of its own needs none that runs. */
const TOOLS = {
  demo: { projects: PROJECTS.demo, program: 'tools/demo/dist/index.js' },
  bench: { projects: PROJECTS.bench, program: 'tools/bench/dist/main.js', ownFleet: true },
  simulate: { projects: PROJECTS.simulate, program: 'tools/simulate/dist/main.js', ownFleet: true },
  chaos: { projects: PROJECTS.chaos, program: 'tools/chaos/dist/main.js', ownFleet: true },
  soak: { projects: PROJECTS.soak, program: 'tools/soak/dist/main.js', ownFleet: true },
  screenshots: { projects: PROJECTS.screenshots, program: 'tools/screenshots/dist/main.js' },
  'audit:verify': { projects: [], program: 'apps/auth/dist/verify-audit.js', as: 'auth' },
  'store:switch': { projects: PROJECTS.storeOps, program: 'tools/store-ops/dist/main.js' },
};

const [name = ''] = process.argv.slice(2);
const tool = TOOLS[name];
if (tool === undefined)
  giveUp(`"${name}" is no tool of the platform; there is: ${Object.keys(TOOLS).join(', ')}.`, 2);

await prepare([...PROJECTS.fleet, ...tool.projects]);
if (!tool.ownFleet) {
  const { requireRunning } = await import('./dist/running.js');
  process.env.HOLDFAST_HOME = await requireRunning().catch(({ message }) => giveUp(message));
  // A program of a service reads what that service reads.
  if (tool.as) process.loadEnvFile(join(process.env.HOLDFAST_HOME, 'env', `${tool.as}.env`));
}
process.argv.splice(2, 1);
await import(join(root, tool.program));
