import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const IGNORED_FOLDERS = new Set(['node_modules', 'dist', '.git', '.nx', '.holdfast', 'coverage']);
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|tsbuildinfo)$/;

/** The text files of the repository, by their path from its root with forward slashes. */
export class Repository {
  readonly #texts: ReadonlyMap<string, () => string>;

  readonly #binaries: ReadonlySet<string>;

  private constructor(
    texts: ReadonlyMap<string, () => string>,
    /** Where it lies on disk; empty for files that exist in memory only. */
    readonly root: string,
    binaries: readonly string[] = [],
  ) {
    this.#texts = texts;
    this.#binaries = new Set(binaries);
  }

  /** What git knows or would take; in a folder without git everything but what is built, installed or local. */
  static fromDisk(root: string): Repository {
    const all = tracked(root) ?? [...walk(root, '')];
    const texts = all
      .filter((path) => !BINARY.test(path))
      .map((path) => [path, () => readFileSync(join(root, path), 'utf8')] as const);
    const binaries = all.filter((path) => BINARY.test(path));
    return new Repository(new Map(texts), root, binaries);
  }

  /** Files that exist in memory only: path to text. */
  static ofFiles(files: Readonly<Record<string, string>>): Repository {
    return new Repository(new Map(Object.entries(files).map(([path, text]) => [path, () => text])), '');
  }

  /** Paths that match, sorted. */
  paths(pattern: RegExp = /(?:)/): readonly string[] {
    return [...this.#texts.keys()].filter((path) => pattern.test(path)).sort();
  }

  /** Whether a file, a picture too, or a folder with files in it exists. */
  has(path: string): boolean {
    const clean = path.replace(/\/$/, '');
    return (
      this.#texts.has(clean) ||
      this.#binaries.has(clean) ||
      this.paths().some((known) => known.startsWith(`${clean}/`))
    );
  }

  /** The text of a file; `undefined` if there is none. */
  text(path: string): string | undefined {
    return this.#texts.get(path)?.();
  }
}

function tracked(root: string): readonly string[] | undefined {
  if (!existsSync(join(root, '.git'))) return undefined;
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  try {
    const listed = execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
  } catch {
    return undefined; // git is not installed, or does not trust the folder
  }
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !IGNORED_FOLDERS.has(entry.name)) yield* walk(root, path);
    if (entry.isFile()) yield path;
  }
}
