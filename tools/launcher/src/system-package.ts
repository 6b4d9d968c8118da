import { findProgram } from './find-program.js';
import { lastLines, runCommand } from './run-command.js';

/** What a program's package is called; the first name that a package manager knows is taken. */
export interface PackageNames {
  readonly apt: string;
  readonly apk: string;
  readonly dnf: readonly string[];
  readonly brew: string;
  /** A daemon that the package would start, on a port that is not ours to take. */
  readonly daemon?: string;
}

/** A way to get a package from the system's package manager. */
export interface Installer {
  readonly manager: string;
  readonly script: string;
  readonly needsRoot: boolean;
  /** What a person would type. */
  readonly byHand: string;
}

// Debian asks policy-rc.d before it starts the daemon of a package.
const apt = (name: string, daemon?: string): string => `set -e
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
export DEBIAN_FRONTEND=noninteractive
install() { SYSTEMD_OFFLINE=1 apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=60 ${name} </dev/null; }
install || { apt-get update -o DPkg::Lock::Timeout=60 && install; } || exit 1
${daemon === undefined ? '' : `if [ -d /run/systemd/system ]; then systemctl disable --now ${daemon} || true; fi`}`;

function installers(names: PackageNames): readonly (Installer & { readonly program: string })[] {
  const [dnf = ''] = names.dnf.slice(-1);
  return [
    {
      program: 'apt-get',
      manager: 'apt-get',
      script: apt(names.apt, names.daemon),
      needsRoot: true,
      byHand: `sudo apt-get install -y ${names.apt}`,
    },
    {
      program: 'apk',
      manager: 'apk',
      script: `apk add --no-cache ${names.apk}`,
      needsRoot: true,
      byHand: `sudo apk add ${names.apk}`,
    },
    {
      program: 'dnf',
      manager: 'dnf',
      script: names.dnf.map((name) => `dnf install -y ${name}`).join(' || '),
      needsRoot: true,
      byHand: `sudo dnf install -y ${dnf}`,
    },
    {
      program: 'brew',
      manager: 'Homebrew',
      script: `HOMEBREW_NO_AUTO_UPDATE=1 brew install ${names.brew}`,
      needsRoot: false,
      byHand: `brew install ${names.brew}`,
    },
  ];
}

/** The package manager of this machine that can give a package; `undefined` if it has none that is known here. */
export function findInstaller(names: PackageNames, path?: string): Installer | undefined {
  return installers(names).find(({ program }) => findProgram(program, path) !== undefined);
}

/** How to become root without a password: not at all (already root), `sudo -n`, or `undefined` where that is impossible. */
async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  if (findProgram('sudo') === undefined) return undefined;
  return (await runCommand('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-n'] : undefined;
}

/** Installs it; answers why it could not, or `undefined` when it did. Asks for no password. */
export async function installPackage(installer: Installer): Promise<string | undefined> {
  const prefix = installer.needsRoot ? await rootPrefix() : [];
  if (prefix === undefined) return `${installer.manager} needs a password`;
  const [file = 'sh', ...args] = [...prefix, 'sh', '-c', installer.script];
  const { code, output } = await runCommand(file, args);
  return code === 0 ? undefined : `${installer.manager} failed: ${lastLines(output, 1)[0] ?? 'no output'}`;
}
