import { readFileSync } from 'node:fs';
import type { RunFile } from '@holdfast/fleet-client';
import { LauncherError } from './errors.js';
import { Home, homeOf } from './home.js';

const ANSWER_WITHIN_MS = 3_000;

/** The home of the platform that runs; throws one sentence if none does. */
export async function requireRunning(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const home = new Home(homeOf(env));
  const wayOut = 'Start one with "npm start" in another terminal, then run this again.';
  let run: RunFile;
  try {
    run = JSON.parse(readFileSync(home.runFile, 'utf8')) as RunFile;
  } catch {
    throw new LauncherError(`No platform runs in ${home.path}. ${wayOut}`);
  }
  try {
    await fetch(`${run.gateway.url}/livez`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch {
    throw new LauncherError(
      `${home.runFile} names a platform that does not answer (${run.gateway.url}). ${wayOut}`,
    );
  }
  return home.path;
}
