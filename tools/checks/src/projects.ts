import type { Check } from './check.js';
import type { Repository } from './repository.js';
import { manifestAt, neededBy, projectsOf, type Project } from './workspace.js';

const LAYERS = ['core', 'adapter', 'nest', 'app', 'testing', 'tool', 'e2e'];
const SCOPES = ['session', 'balancer', 'platform', 'tools'];
const LICENCE = 'Apache-2.0';

/** Manifests agree with each other. */
export const projects: Check = {
  name: 'projects',
  fact: 'every project has its two tags, the licence and the same range of each dependency as the others',
  run(repository) {
    const all = projectsOf(repository);
    const root = manifestAt(repository, 'package.json');
    return [
      ...(all.length === 0 ? ['package.json names no workspaces'] : []),
      ...(root.license === LICENCE ? [] : [`package.json: "license" must be ${LICENCE}`]),
      ...(/Apache License\s+Version 2\.0/.test(repository.text('LICENSE') ?? '')
        ? []
        : ['LICENSE must hold the Apache License 2.0']),
      ...all.flatMap((project) => [
        ...manifestFaults(project),
        ...internalRanges(project, all),
        ...isListed(repository, project),
      ]),
      ...disagreements(all),
    ];
  },
};

function manifestFaults({ folder, manifest }: Project): readonly string[] {
  const tags = manifest.nx?.tags ?? [];
  const oneOf = (axis: string, values: readonly string[]) =>
    tags.filter((tag) => values.some((value) => tag === `${axis}:${value}`)).length === 1;
  return [
    ...(manifest.license === LICENCE ? [] : [`${folder}/package.json: "license" must be ${LICENCE}`]),
    ...(oneOf('layer', LAYERS) ? [] : [`${folder}/package.json: needs one tag of layer:${LAYERS.join('|')}`]),
    ...(oneOf('scope', SCOPES) ? [] : [`${folder}/package.json: needs one tag of scope:${SCOPES.join('|')}`]),
    ...(tags.length === 2 ? [] : [`${folder}/package.json: has other tags than its layer and its scope`]),
  ];
}

/** Projects of the workspace are depended on by their exact version, or npm would look for them in a registry. */
function internalRanges({ folder, manifest }: Project, all: readonly Project[]): readonly string[] {
  const ranges = Object.entries({ ...neededBy(manifest), ...manifest.devDependencies });
  return ranges.flatMap(([name, range]) => {
    const target = all.find((project) => project.name === name);
    if (target === undefined || target.manifest.version === range) return [];
    return [`${folder}/package.json: depends on ${name} ${range}, which is ${target.manifest.version}`];
  });
}

function isListed(repository: Repository, { folder }: Project): readonly string[] {
  const solution = repository.text('tsconfig.json') ?? '';
  return solution.includes(`"./${folder}"`) ? [] : [`tsconfig.json: does not list ${folder}`];
}

function disagreements(all: readonly Project[]): readonly string[] {
  const seen = new Map<string, Map<string, string>>();
  for (const { folder, manifest } of all) {
    for (const [name, range] of Object.entries({ ...neededBy(manifest), ...manifest.devDependencies })) {
      seen.set(name, (seen.get(name) ?? new Map<string, string>()).set(range, folder));
    }
  }
  return [...seen]
    .filter(([, ranges]) => ranges.size > 1)
    .map(
      ([name, ranges]) =>
        `${name}: ${[...ranges].map(([range, folder]) => `${range} in ${folder}`).join(', ')}: choose one`,
    );
}
