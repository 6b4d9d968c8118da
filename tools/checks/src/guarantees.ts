import type { Check } from './check.js';
import { linksOf, plain, tableRows } from './markdown.js';
import { join } from 'node:path/posix';
import type { Repository } from './repository.js';
import { titlesIn } from './test-titles.js';

const DOCUMENT = 'docs/guarantees.md';
const TESTS = /^(apps|libs|tools|e2e)\/.*\.spec\.ts$|^libs\/[^/]+\/testing\/src\/.*\.ts$/;
const ID = /\bG\d+\b/g;

/** Each row of docs/guarantees.md has its tests, and each test that bears an id has its row. */
export const guarantees: Check = {
  name: 'guarantees',
  fact: 'each guarantee says what it does not cover and names the tests that bear its id',
  run(repository) {
    const document = repository.text(DOCUMENT);
    if (document === undefined) return [`${DOCUMENT} is missing: each promise has a row in it`];
    const rows = tableRows(document).filter((row) => /^G\d+$/.test(plain(row['id'])));
    const proofs = proofsIn(repository);
    const ids = new Set(rows.map((row) => plain(row['id'])));
    const unknown = [...proofs.keys()].filter((id) => !ids.has(id));
    return [
      ...(rows.length === 0 ? [`${DOCUMENT} has no row`] : []),
      ...(ids.size < rows.length ? [`${DOCUMENT} has two rows of one id`] : []),
      ...rows.flatMap((row) => faultsOf(row, proofs)),
      ...unknown.map(
        (id) => `${[...(proofs.get(id) ?? [])][0]}: a test bears ${id}, which has no row in ${DOCUMENT}`,
      ),
    ];
  },
};

function faultsOf(
  row: Readonly<Record<string, string>>,
  proofs: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const id = plain(row['id']);
  const bearing = proofs.get(id) ?? new Set<string>();
  const named = new Set(linksOf(row['tests'] ?? '').map((link) => join('docs', link)));
  const empty = ['promise', 'does not cover', 'tests'].filter((column) => plain(row[column]) === '');
  return [
    ...empty.map((column) => `${DOCUMENT}: ${id} says nothing under "${column}"`),
    ...(bearing.size === 0 ? [`${DOCUMENT}: no test bears ${id} in its name`] : []),
    ...[...named]
      .filter((path) => !bearing.has(path))
      .map((path) => `${DOCUMENT}: ${id} names ${path}, where no test bears it`),
    ...[...bearing]
      .filter((path) => !named.has(path))
      .map((path) => `${DOCUMENT}: ${id} does not name ${path}, where a test bears it`),
  ];
}

/** The files of the tests that bear each id. */
function proofsIn(repository: Repository): ReadonlyMap<string, ReadonlySet<string>> {
  const proofs = new Map<string, Set<string>>();
  for (const path of repository.paths(TESTS)) {
    for (const title of titlesIn(path, repository.text(path) ?? '')) {
      for (const [id] of title.matchAll(ID)) proofs.set(id, (proofs.get(id) ?? new Set()).add(path));
    }
  }
  return proofs;
}
