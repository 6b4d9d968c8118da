import { existsSync } from 'node:fs';
import { LauncherError } from './errors.js';
import { findProgram } from './find-program.js';
import { findInstaller, installPackage } from './system-package.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const ON_MACOS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const PACKAGE = { apt: 'chromium', apk: 'chromium', dnf: ['chromium'], brew: '--cask chromium' } as const;

function onThisMachine(): string | undefined {
  const found = NAMES.map((name) => findProgram(name)).find((file) => file !== undefined);
  return found ?? ON_MACOS.find((file) => existsSync(file));
}

/**
 * Finds the browser of the end-to-end tests, or installs it: `CHROMIUM_PATH`, then one on the PATH, then the system's package
 * manager where that needs no password. Throws the one command to type when none of these works.
 */
export async function findChromium(say: (line: string) => void = () => undefined): Promise<string> {
  const given = process.env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return given;
  const found = onThisMachine();
  if (found !== undefined) return found;
  const installer = findInstaller(PACKAGE);
  if (installer !== undefined)
    say(`Chromium is not on this machine; installing it with ${installer.manager} …`);
  const failure = installer === undefined ? 'no known package manager' : await installPackage(installer);
  const installed = onThisMachine();
  if (installed !== undefined) return installed;
  const command = installer?.byHand ?? 'export CHROMIUM_PATH=/path/to/chromium';
  throw new LauncherError(
    `Chromium is missing and could not be installed (${failure ?? 'nothing was installed'}). Type this, then start again: ${command}`,
  );
}
