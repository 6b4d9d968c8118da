import { join } from 'node:path/posix';
import type { Check } from './check.js';
import { namedLinksOf, plain, tableRows } from './markdown.js';
import type { Repository } from './repository.js';
import { titlesIn } from './test-titles.js';

const DOCUMENT = 'docs/reference/asvs.md';
const FOLDER = 'docs/reference';
const COLUMNS = ['requirement', 'how', 'tests'];

/** The requirements of OWASP ASVS 5.0, chapters V7 and V9, each with the level from which it counts. */
export const REQUIREMENTS: Readonly<Record<string, 1 | 2 | 3>> = {
  ...{ '7.1.1': 2, '7.1.2': 2, '7.1.3': 2 },
  ...{ '7.2.1': 1, '7.2.2': 1, '7.2.3': 1, '7.2.4': 1 },
  ...{ '7.3.1': 2, '7.3.2': 2 },
  ...{ '7.4.1': 1, '7.4.2': 1, '7.4.3': 2, '7.4.4': 2, '7.4.5': 2 },
  ...{ '7.5.1': 2, '7.5.2': 2, '7.5.3': 3 },
  ...{ '7.6.1': 2, '7.6.2': 2 },
  ...{ '9.1.1': 1, '9.1.2': 1, '9.1.3': 1 },
  ...{ '9.2.1': 1, '9.2.2': 2, '9.2.3': 2, '9.2.4': 2 },
};

/** Each requirement has one row, which names tests that exist: a link's text is a test's name, its target the spec. */
export const asvs: Check = {
  name: 'asvs',
  fact: 'each requirement of ASVS V7 and V9 says how it is met and names tests that exist',
  run: (repository) => asvsFaults(repository, REQUIREMENTS),
};

type Row = Readonly<Record<string, string>>;

/** As `asvs`, for any requirements. */
export function asvsFaults(
  repository: Repository,
  requirements: Readonly<Record<string, number>>,
): readonly string[] {
  const document = repository.text(DOCUMENT);
  if (document === undefined) return [`${DOCUMENT} is missing`];
  const rows = tableRows(document).filter((row) => /^\d+\.\d+\.\d+$/.test(plain(row['id'])));
  const ids = rows.map((row) => plain(row['id']));
  return [
    ...Object.keys(requirements).flatMap((id) => countFaults(id, ids)),
    ...ids
      .filter((id) => !(id in requirements))
      .map((id) => `${DOCUMENT}: ${id} is no requirement of V7 or V9`),
    ...rows.flatMap((row) => rowFaults(row, requirements)),
    ...rows.flatMap((row) => testFaults(row, repository)),
  ];
}

function countFaults(id: string, ids: readonly string[]): readonly string[] {
  const count = ids.filter((each) => each === id).length;
  if (count === 1) return [];
  return [`${DOCUMENT}: ${id} ${count === 0 ? 'is missing' : `has ${count} rows`}`];
}

function rowFaults(row: Row, requirements: Readonly<Record<string, number>>): readonly string[] {
  const id = plain(row['id']);
  const level = requirements[id];
  return [
    ...COLUMNS.filter((column) => plain(row[column]) === '').map(
      (column) => `${DOCUMENT}: ${id} says nothing under "${column}"`,
    ),
    ...(level === undefined || plain(row['level']) === String(level)
      ? []
      : [`${DOCUMENT}: ${id} is of level ${level}`]),
  ];
}

function testFaults(row: Row, repository: Repository): readonly string[] {
  const id = plain(row['id']);
  const links = namedLinksOf(row['tests'] ?? '');
  if (links.length === 0) return [`${DOCUMENT}: ${id} names no test`];
  return links.flatMap(({ name, target }) => {
    const path = join(FOLDER, target);
    const text = repository.text(path);
    if (text === undefined) return [`${DOCUMENT}: ${id} names ${path}, which does not exist`];
    return titlesIn(path, text).includes(name)
      ? []
      : [`${DOCUMENT}: ${id} names the test "${name}", which is not in ${path}`];
  });
}
