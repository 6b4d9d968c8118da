import { ConfigError } from './config.js';

/**
 * Reads the configuration where a process begins. Faults of the environment end the process with exit code 1 and
 * are all that it prints: one line each on stderr, no stack, for nothing is wrong with the program. Any other error
 * is thrown on.
 */
export function readOrExit<C>(readConfig: () => C): C {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}
