import type { Repository } from './repository.js';

/** Packages and the range of versions of each. */
type Ranges = Readonly<Record<string, string>>;

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly private?: boolean;
  readonly workspaces?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Ranges;
  /** What it needs and its user brings, so that both have the same one. */
  readonly peerDependencies?: Ranges;
  readonly devDependencies?: Ranges;
  readonly nx?: { readonly tags?: readonly string[] };
}

/** One project of the workspace. */
export interface Project {
  /** Its folder from the root. */
  readonly folder: string;
  readonly name: string;
  readonly manifest: Manifest;
}

/** The manifest at a path; empty where there is none. */
export function manifestAt(repository: Repository, path: string): Manifest {
  return JSON.parse(repository.text(path) ?? '{}') as Manifest;
}

/** What a project needs while it runs, whoever brings it. */
export function neededBy({ dependencies, peerDependencies }: Manifest): Ranges {
  return { ...dependencies, ...peerDependencies };
}

/** The projects that the root's `workspaces` name, in the order of their folders. */
export function projectsOf(repository: Repository): readonly Project[] {
  const globs = manifestAt(repository, 'package.json').workspaces ?? [];
  const patterns = globs.map((glob) => new RegExp(`^${glob.replaceAll('*', '[^/]+')}/package\\.json$`));
  return repository
    .paths(/\/package\.json$/)
    .filter((path) => patterns.some((pattern) => pattern.test(path)))
    .map((path) => {
      const manifest = manifestAt(repository, path);
      return { folder: path.replace(/\/package\.json$/, ''), name: manifest.name ?? path, manifest };
    });
}

/** Whether a file only serves tests: a spec, or something in a folder `spec`, `testing` or `fixtures` of a project's sources. */
export function servesTests(path: string): boolean {
  return /\.spec\.ts$|\/src\/(.+\/)?(spec|testing|fixtures)\//.test(path);
}
