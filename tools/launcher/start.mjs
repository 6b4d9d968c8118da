import { prepare, PROJECTS, root, startedAt } from './bootstrap.mjs';

await prepare([...PROJECTS.fleet, ...PROJECTS.demo]);
const { runCli } = await import('./dist/cli.js');
const { repositoryPrograms } = await import('./dist/launch.js');
process.exit(await runCli(process.argv.slice(2), repositoryPrograms(root), startedAt));
