import type { Check } from './check.js';
import type { Repository } from './repository.js';

/** A check and what it found; a check that cannot run is a fault itself. */
export interface Finding {
  readonly check: Check;
  readonly faults: readonly string[];
}

/** Runs checks one after the other. */
export async function runChecks(
  checks: readonly Check[],
  repository: Repository,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) findings.push({ check, faults: await faultsOf(check, repository) });
  return findings;
}

/** One line per check, and one per fault below it. */
export function report(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, faults }) => [
    `${faults.length === 0 ? '✓' : '✗'} ${check.name}: ${check.fact}`,
    ...faults.map((fault) => `    ${fault}`),
  ]);
  const broken = findings.filter(({ faults }) => faults.length > 0).length;
  return [...lines, `Checks: ${findings.length - broken} passed, ${broken} failed`].join('\n');
}

async function faultsOf(check: Check, repository: Repository): Promise<readonly string[]> {
  try {
    return await check.run(repository);
  } catch (error) {
    return [`cannot run: ${error instanceof Error ? error.message : String(error)}`];
  }
}
