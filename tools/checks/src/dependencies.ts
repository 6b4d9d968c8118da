import type { Check } from './check.js';
import { codeSpansOf, tableRows } from './markdown.js';
import type { Repository } from './repository.js';
import { manifestAt, neededBy, projectsOf } from './workspace.js';

const PAGE = 'docs/reference/dependencies.md';

/** Every package that the workspace depends on has its reason on a page, and the page names no other. */
export const dependencies: Check = {
  name: 'dependencies',
  fact: 'each dependency has its reason in docs/reference/dependencies.md, and none is named that is not there',
  run(repository) {
    const used = packagesOf(repository);
    const named = new Set(
      tableRows(repository.text(PAGE) ?? '').flatMap((row) => codeSpansOf(row['package'] ?? '')),
    );
    return [
      ...[...used].filter((name) => !named.has(name)).map((name) => `${PAGE}: ${name} has no reason`),
      ...[...named].filter((name) => !used.has(name)).map((name) => `${PAGE}: nothing depends on ${name}`),
    ];
  },
};

/** What comes from the registry; types follow what they describe. */
function packagesOf(repository: Repository): ReadonlySet<string> {
  const manifests = [
    manifestAt(repository, 'package.json'),
    ...projectsOf(repository).map(({ manifest }) => manifest),
  ];
  const own = new Set(manifests.map(({ name }) => name));
  const all = manifests.flatMap((one) => Object.keys({ ...neededBy(one), ...one.devDependencies }));
  return new Set(all.filter((name) => !own.has(name) && !name.startsWith('@types/')));
}
