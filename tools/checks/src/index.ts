import { fileURLToPath } from 'node:url';
import { ALL_CHECKS } from './all-checks.js';
import { Repository } from './repository.js';
import { report, runChecks } from './run-checks.js';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !ALL_CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `No such check: ${unknown.join(', ')}. There are: ${ALL_CHECKS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');
const chosen = ALL_CHECKS.filter(({ name }) => names.length === 0 || names.includes(name));
const findings = await runChecks(chosen, Repository.fromDisk(root));
console.log(report(findings));
// Nx's graph keeps handles open for a while; everything has been said.
process.exit(findings.some(({ faults }) => faults.length > 0) ? 1 : 0);
