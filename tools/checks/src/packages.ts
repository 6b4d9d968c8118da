import type { Check } from './check.js';
import { importedBy } from './imports.js';
import { linksOf } from './markdown.js';
import type { Repository } from './repository.js';
import { manifestAt, neededBy, projectsOf, type Manifest, type Project } from './workspace.js';

/** What a package brings: what is built, and the sources that the built code's maps lead to. No test. */
const FILES = ['dist', 'src', '!dist/spec', '!**/*.spec.ts', '!src/spec', '!**/*.tsbuildinfo'];
/** In this order: the first condition that fits wins. */
const CONDITIONS = ['@holdfast/source', 'types', 'default'];

/** A package.json as npm publishes it. */
interface Published extends Manifest {
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig?: { readonly access?: string };
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Libraries that are not `private` can be published as they are. */
export const packages: Check = {
  name: 'packages',
  fact: 'each package that can be published says what npm wants to know, brings what it exports and needs nothing private',
  run(repository) {
    const published = projectsOf(repository).filter(({ manifest }) => manifest.private !== true);
    const versions = new Set(published.map(({ manifest }) => manifest.version));
    return [
      ...(versions.size > 1 ? [`packages have several versions: ${[...versions].join(', ')}`] : []),
      ...published.flatMap((project) =>
        [
          ...fieldFaults(project.manifest, manifestAt(repository, 'package.json')),
          ...exportFaults(repository, project),
          ...privateNeeds(project, published, projectsOf(repository)),
          ...idleNeeds(repository, project),
        ]
          .map((fault) => `${project.folder}/package.json: ${fault}`)
          .concat(fileFaults(repository, project)),
      ),
    ];
  },
};

function fieldFaults(manifest: Published, root: Published): readonly string[] {
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const wanted = {
    'a "description"': (manifest.description ?? '') !== '',
    '"keywords"': (manifest.keywords ?? []).length > 0,
    '"type": "module"': manifest.type === 'module',
    'the root\'s "engines"': isSame(manifest.engines, root.engines),
    '"sideEffects": false': manifest.sideEffects === false,
    '"publishConfig": { "access": "public" }': manifest.publishConfig?.access === 'public',
    'a "prepack" that builds': manifest.scripts?.['prepack'] === 'tsc --build tsconfig.lib.json',
    [`"files": ${JSON.stringify(FILES)}`]: isSame(manifest.files, FILES),
  };
  return Object.entries(wanted).flatMap(([what, isThere]) => (isThere ? [] : [`needs ${what}`]));
}

function exportFaults(repository: Repository, { folder, manifest }: Project): readonly string[] {
  const entries = Object.values((manifest as Published).exports ?? {}).flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry],
  );
  const targets = entries.flatMap((entry) => Object.values(entry));
  return [
    ...(entries.length === 0 ? ['exports nothing'] : []),
    ...entries
      .filter((entry) => Object.keys(entry).join() !== CONDITIONS.join())
      .map((entry) => `exports ${Object.keys(entry).join(', ')}: must be ${CONDITIONS.join(', ')}`),
    ...targets
      .filter((target) => !repository.has(`${folder}/${sourceOf(target)}`))
      .map((target) => `exports ${target}, which nothing builds`),
  ];
}

/** The source that a built file is built from; a source is its own. */
function sourceOf(target: string): string {
  return target.replace(/^\.\//, '').replace(/^dist\/(.*?)(\.d\.ts|\.js)$/, 'src/$1.ts');
}

/** npm would look for a private project in a registry. */
function privateNeeds(
  { manifest }: Project,
  published: readonly Project[],
  all: readonly Project[],
): readonly string[] {
  const isPrivate = (name: string) =>
    all.some((one) => one.name === name) && !published.some((one) => one.name === name);
  return Object.keys(neededBy(manifest))
    .filter(isPrivate)
    .map((name) => `needs ${name}, which is private`);
}

/** Whoever installs the package would install it for nothing. */
function idleNeeds(repository: Repository, project: Project): readonly string[] {
  const imported = importedBy(repository, project, false);
  return Object.keys(neededBy(project.manifest))
    .filter((name) => !imported.has(name))
    .map((name) => `needs ${name}, which it never imports`);
}

/** npm shows the README. */
function fileFaults(repository: Repository, { folder }: Project): readonly string[] {
  const readme = repository.text(`${folder}/README.md`);
  const isLicensed = repository.text(`${folder}/LICENSE`) === repository.text('LICENSE');
  return [
    ...(isLicensed ? [] : [`${folder}/LICENSE must be a copy of LICENSE: npm takes no other`]),
    ...(readme === undefined ? [`${folder}/README.md is missing`] : []),
    ...(readme !== undefined && !linksOf(readme).some((link) => link.includes('docs/'))
      ? [`${folder}/README.md links to no document`]
      : []),
  ];
}
