import { findProgram } from './find-program.js';
import { findInstaller, installPackage, type PackageNames } from './system-package.js';

/** Where servers are that a shell without root's PATH does not find. */
const SERVER_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin:/opt/homebrew/sbin';

/** A program that somebody may be without. */
export interface SystemProgram {
  /** What its file is called. */
  readonly name: string;
  readonly packages: PackageNames;
}

/** The program's file, or why there is none. */
export type FoundProgram = { readonly file: string } | { readonly why: string };

/** Finds a program, or installs it with the system's package manager where that needs no password. Never throws. */
export async function findOrInstall(
  { name, packages }: SystemProgram,
  say: (line: string) => void = () => undefined,
): Promise<FoundProgram> {
  const found = onThisMachine(name);
  if (found !== undefined) return { file: found };
  const installer = findInstaller(packages);
  if (installer === undefined) return { why: `${name} is not on this machine` };
  say(`${name} is not on this machine; installing it with ${installer.manager} …`);
  const failure = await installPackage(installer);
  const file = onThisMachine(name);
  if (file !== undefined) return { file };
  return { why: `${name} could not be installed (${failure ?? 'nothing was installed'})` };
}

function onThisMachine(name: string): string | undefined {
  return findProgram(name, `${process.env['PATH'] ?? ''}:${SERVER_FOLDERS}`);
}
