import { asvs } from './asvs.js';
import type { Check } from './check.js';
import { compose } from './compose.js';
import { configuration } from './configuration.js';
import { consoleSize } from './console-size.js';
import { dependencies } from './dependencies.js';
import { dockerfile } from './dockerfile.js';
import { docstrings } from './docstrings.js';
import { documents } from './documents.js';
import { errorCodes } from './error-codes.js';
import { exampleSecrets } from './example-secrets.js';
import { guarantees } from './guarantees.js';
import { imports } from './imports.js';
import { leaks } from './leaks.js';
import { lintFixtures } from './lint-fixtures.js';
import { lockfile } from './lockfile.js';
import { metrics } from './metrics.js';
import { entryPoints, naming } from './naming.js';
import { observability } from './observability.js';
import { packages } from './packages.js';
import { projects } from './projects.js';
import { redisKeys } from './redis-keys.js';
import { strategies } from './strategies.js';
import { workflow } from './workflow.js';

/** Every check, the quick ones first. */
export const ALL_CHECKS: readonly Check[] = [
  projects,
  imports,
  dependencies,
  packages,
  naming,
  entryPoints,
  docstrings,
  errorCodes,
  redisKeys,
  configuration,
  exampleSecrets,
  guarantees,
  metrics,
  strategies,
  asvs,
  documents,
  leaks,
  consoleSize,
  lockfile,
  dockerfile,
  compose,
  observability,
  workflow,
  lintFixtures,
];
