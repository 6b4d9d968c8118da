import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../competitors', import.meta.url));

/**
 * Installs what others sign in with, from a manifest and a lockfile of its own: whoever does not run this bench installs
 * nothing of it. Says why not where it cannot be had.
 */
export async function installCompetitors(): Promise<string | undefined> {
  const installedAt = changedAt(join(FOLDER, 'node_modules', '.package-lock.json'));
  if (installedAt > changedAt(join(FOLDER, 'package-lock.json'))) return undefined;
  const npm = process.env['npm_execpath'];
  const [file, before] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const install = spawn(file, [...before, 'ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: npm === undefined && process.platform === 'win32',
  });
  const [outcome] = (await Promise.race([once(install, 'exit'), once(install, 'error')])) as [unknown];
  return outcome === 0 ? undefined : `The other libraries could not be installed: ${String(outcome)}.`;
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
