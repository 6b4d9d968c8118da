import { builtinModules } from 'node:module';
import { join } from 'node:path/posix';
import ts from 'typescript';
import type { Check } from './check.js';
import type { Repository } from './repository.js';
import { packageOf, parse, specifiersOf } from './source-file.js';
import { manifestAt, neededBy, projectsOf, servesTests, type Manifest, type Project } from './workspace.js';

/** What a project imports, what it depends on and what its tsconfig refers to are the same. */
export const imports: Check = {
  name: 'imports',
  fact: 'imports, package.json dependencies and tsconfig references agree',
  run(repository) {
    const root = manifestAt(repository, 'package.json');
    const all = projectsOf(repository);
    return all.flatMap((project) => [
      ...undeclared(repository, project, root),
      ...unused(repository, project, all),
      ...references(repository, project, all),
    ]);
  },
};

/** Packages that a project's files import, each with one file that does. @param specs - of its specs, or of its sources */
export function importedBy(
  repository: Repository,
  { folder }: Project,
  specs: boolean,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const isSource = (path: string) => path.startsWith(`${folder}/src/`) && /\.tsx?$/.test(path);
  for (const path of repository.paths().filter((one) => isSource(one) && servesTests(one) === specs)) {
    for (const specifier of specifiersOf(parse(path, repository.text(path) ?? ''))) {
      const name = packageOf(specifier);
      if (name !== undefined && !builtinModules.includes(name)) found.set(name, path);
    }
  }
  return found;
}

function undeclared(repository: Repository, project: Project, root: Manifest): readonly string[] {
  const { name: self, manifest } = project;
  const own = new Set([self, ...Object.keys(neededBy(manifest))]);
  const forSpecs = new Set([
    ...own,
    ...Object.keys({ ...manifest.devDependencies, ...root.devDependencies }),
  ]);
  const missing = (imported: ReadonlyMap<string, string>, declared: ReadonlySet<string>) =>
    [...imported]
      .filter(([name]) => !declared.has(name))
      .map(([name, path]) => `${path}: imports ${name}, which its package.json does not name`);
  return [
    ...missing(importedBy(repository, project, false), own),
    ...missing(importedBy(repository, project, true), forSpecs),
  ];
}

function unused(repository: Repository, project: Project, all: readonly Project[]): readonly string[] {
  const { folder, manifest } = project;
  const inSources = importedBy(repository, project, false);
  const inSpecs = importedBy(repository, project, true);
  const internal = (names: object | undefined) =>
    Object.keys(names ?? {}).filter((name) => all.some((one) => one.name === name));
  return [
    ...internal(neededBy(manifest))
      .filter((name) => !inSources.has(name))
      .map(
        (name) =>
          `${folder}/package.json: depends on ${name} and ${inSpecs.has(name) ? 'only specs import it: make it a devDependency' : 'never imports it'}`,
      ),
    ...internal(manifest.devDependencies)
      .filter((name) => !inSpecs.has(name))
      .map((name) => `${folder}/package.json: depends on ${name} and no spec imports it`),
  ];
}

function references(
  repository: Repository,
  { folder, manifest }: Project,
  all: readonly Project[],
): readonly string[] {
  const main = ['tsconfig.lib.json', 'tsconfig.app.json'].find((name) => repository.has(`${folder}/${name}`));
  if (main === undefined) return [`${folder}: has neither tsconfig.lib.json nor tsconfig.app.json`];
  const targets = (names: object | undefined) =>
    Object.keys(names ?? {}).flatMap((name) => all.find((one) => one.name === name)?.folder ?? []);
  const wanted = targets(neededBy(manifest)).map((target) => `${target}/tsconfig.lib.json`);
  const forSpecs = targets(manifest.devDependencies).map((target) => `${target}/tsconfig.lib.json`);
  return [
    ...compare(repository, `${folder}/${main}`, wanted),
    ...compare(repository, `${folder}/tsconfig.spec.json`, [`${folder}/${main}`, ...wanted, ...forSpecs]),
  ];
}

function compare(repository: Repository, path: string, wanted: readonly string[]): readonly string[] {
  const { config } = ts.parseConfigFileTextToJson(path, repository.text(path) ?? '{}') as {
    config?: { references?: readonly { path: string }[] };
  };
  const found = (config?.references ?? []).map((reference) => join(path, '..', reference.path));
  return [
    ...wanted.filter((one) => !found.includes(one)).map((one) => `${path}: does not refer to ${one}`),
    ...found
      .filter((one) => !wanted.includes(one))
      .map((one) => `${path}: refers to ${one}, which package.json does not name`),
  ];
}
