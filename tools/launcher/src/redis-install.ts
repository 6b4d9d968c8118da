import { findProgram } from './find-program.js';
import { lastLines, runCommand } from './run-command.js';

/** A way to get Redis from the system's package manager. */
export interface Installer {
  readonly manager: string;
  readonly script: string;
  readonly needsRoot: boolean;
  /** What a person would type. */
  readonly byHand: string;
}

// The package must not leave a daemon of its own on port 6379: Debian asks policy-rc.d before it starts anything.
const APT = `set -e
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
export DEBIAN_FRONTEND=noninteractive
install() { SYSTEMD_OFFLINE=1 apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=60 redis-server </dev/null; }
install || { apt-get update -o DPkg::Lock::Timeout=60 && install; } || exit 1
if [ -d /run/systemd/system ]; then systemctl disable --now redis-server || true; fi`;

const INSTALLERS: readonly (Installer & { program: string })[] = [
  {
    program: 'apt-get',
    manager: 'apt-get',
    script: APT,
    needsRoot: true,
    byHand: 'sudo apt-get install -y redis-server',
  },
  {
    program: 'apk',
    manager: 'apk',
    script: 'apk add --no-cache redis',
    needsRoot: true,
    byHand: 'sudo apk add redis',
  },
  {
    program: 'dnf',
    manager: 'dnf',
    script: 'dnf install -y redis || dnf install -y valkey',
    needsRoot: true,
    byHand: 'sudo dnf install -y valkey',
  },
  {
    program: 'brew',
    manager: 'Homebrew',
    script: 'HOMEBREW_NO_AUTO_UPDATE=1 brew install redis',
    needsRoot: false,
    byHand: 'brew install redis',
  },
];

/** The package manager of this machine that can give Redis; `undefined` if it has none that is known here. */
export function findInstaller(path?: string): Installer | undefined {
  return INSTALLERS.find(({ program }) => findProgram(program, path) !== undefined);
}

/** How to become root without a password: not at all (already root), `sudo -n`, or `undefined` where that is impossible. */
async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  if (findProgram('sudo') === undefined) return undefined;
  return (await runCommand('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-n'] : undefined;
}

/** Installs Redis; answers why it could not, or `undefined` when it did. Asks for no password. */
export async function installRedis(installer: Installer): Promise<string | undefined> {
  const prefix = installer.needsRoot ? await rootPrefix() : [];
  if (prefix === undefined) return `${installer.manager} needs a password`;
  const [file = 'sh', ...args] = [...prefix, 'sh', '-c', installer.script];
  const { code, output } = await runCommand(file, args);
  return code === 0 ? undefined : `${installer.manager} failed: ${lastLines(output, 1)[0] ?? 'no output'}`;
}
