import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const IGNORED_FOLDERS = new Set(['node_modules', 'dist', '.git', '.nx', '.holdfast', 'coverage']);
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|tsbuildinfo)$/;

/** The text files of the repository, by their path from its root with forward slashes. */
export class Repository {
  readonly #texts: ReadonlyMap<string, () => string>;

  private constructor(
    texts: ReadonlyMap<string, () => string>,
    /** Where it lies on disk; empty for files that exist in memory only. */
    readonly root: string,
  ) {
    this.#texts = texts;
  }

  /** What git knows or would take; in a folder without git everything but what is built, installed or local. */
  static fromDisk(root: string): Repository {
    const texts = new Map<string, () => string>();
    for (const path of tracked(root) ?? walk(root, ''))
      texts.set(path, () => readFileSync(join(root, path), 'utf8'));
    return new Repository(texts, root);
  }

  /** Files that exist in memory only: path to text. */
  static ofFiles(files: Readonly<Record<string, string>>): Repository {
    return new Repository(new Map(Object.entries(files).map(([path, text]) => [path, () => text])), '');
  }

  /** Paths that match, sorted. */
  paths(pattern: RegExp = /(?:)/): readonly string[] {
    return [...this.#texts.keys()].filter((path) => pattern.test(path)).sort();
  }

  /** Whether a file, or a folder with files in it, exists. */
  has(path: string): boolean {
    const clean = path.replace(/\/$/, '');
    return this.#texts.has(clean) || this.paths().some((known) => known.startsWith(`${clean}/`));
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
    return listed
      .split('\0')
      .filter((path) => path !== '' && !BINARY.test(path) && existsSync(join(root, path)));
  } catch {
    return undefined; // git is not installed, or does not trust the folder
  }
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !IGNORED_FOLDERS.has(entry.name)) yield* walk(root, path);
    if (entry.isFile() && !BINARY.test(entry.name)) yield path;
  }
}
