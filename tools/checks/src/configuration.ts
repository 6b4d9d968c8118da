import type { Check } from './check.js';
import { COMPOSE, composeFile, SECRET_NAME, type ComposeService } from './compose-file.js';
import { plain, tableRows } from './markdown.js';
import type { Repository } from './repository.js';
import { readsOf, variablesOf, type Variables } from './variables.js';

const DOCUMENT = 'docs/reference/configuration.md';
const EXAMPLE = 'docker/.env.example';
/** Variables of the system, of terminals and between processes of ours: not ours to document. */
const FOREIGN = new Set(['PATH', 'HOME', 'NO_COLOR', 'CI', 'TERM', 'NODE_OPTIONS', 'NODE_ENV']);
/** What the image itself sets or reads. */
const IMAGE = new Set(['NODE_ENV', 'HOST', 'PORT']);

/** Code, reference and compose file name the same variables. */
export const configuration: Check = {
  name: 'configuration',
  fact: 'every variable is documented with its readers and its default, and the compose file sets no other',
  run(repository) {
    const apps = repository.paths(/^apps\/[^/]+\/src\/config\.ts$/).map((path) => path.split('/')[1] ?? '');
    const variables = new Map(apps.map((app) => [app, variablesOf(repository, app)]));
    return [
      ...(apps.length === 0 ? ['apps: no application has a config.ts'] : []),
      ...referenceFaults(repository, variables),
      ...Object.entries(composeFile(repository).services ?? {}).flatMap(([name, service]) =>
        serviceFaults(name, service, variables),
      ),
      ...exampleFaults(repository),
    ];
  },
};

type Rows = readonly Readonly<Record<string, string>>[];

function referenceFaults(
  repository: Repository,
  variables: ReadonlyMap<string, Variables>,
): readonly string[] {
  const text = repository.text(DOCUMENT);
  if (text === undefined) return [`${DOCUMENT} is missing`];
  const rows = tableRows(text).filter((row) => plain(row['variable']) !== '');
  const readByTools = [...readsOf(repository, 'tools/launcher')].filter((name) => !FOREIGN.has(name));
  const readers = new Map([...variables].map(([app, read]) => [app, new Set(read.keys())]));
  readers.set('launcher', new Set(readByTools));
  return [
    ...[...readers].flatMap(([reader, names]) => readerFaults(reader, names, rows)),
    ...rows.flatMap((row) => defaultFaults(row, variables)),
  ];
}

function readerFaults(reader: string, names: ReadonlySet<string>, rows: Rows): readonly string[] {
  const documented = rows.filter((row) => readersOf(row, reader)).map((row) => plain(row['variable']));
  return [
    ...[...names]
      .filter((name) => !documented.includes(name))
      .map((name) => `${DOCUMENT}: ${name}, which ${reader} reads, is missing`),
    ...documented
      .filter((name) => !names.has(name))
      .map((name) => `${DOCUMENT}: ${reader} does not read ${name}`),
  ];
}

function readersOf(row: Readonly<Record<string, string>>, reader: string): boolean {
  const readers = plain(row['read by']).split(/,\s*/);
  const isService = reader !== 'launcher' && reader !== 'gateway';
  return (
    readers.includes(reader) ||
    (readers.includes('all') && reader !== 'launcher') ||
    (readers.includes('services') && isService)
  );
}

function defaultFaults(
  row: Readonly<Record<string, string>>,
  variables: ReadonlyMap<string, Variables>,
): readonly string[] {
  const name = plain(row['variable']);
  const documented = plain(row['default']).replaceAll(',', '');
  const wrong = [...variables]
    .filter(([app]) => readersOf(row, app))
    .map(([, read]) => read.get(name)?.fallback.replaceAll('_', ''))
    .filter((fallback) => fallback !== undefined && fallback !== documented.replaceAll('_', ''));
  return [
    ...(plain(row['meaning']) === '' ? [`${DOCUMENT}: ${name} says no meaning`] : []),
    ...[...new Set(wrong)].map(
      (fallback) => `${DOCUMENT}: ${name} is ${fallback} in the code, not ${documented || 'empty'}`,
    ),
  ];
}

/** A service of an application sets only what that application reads, and all that it requires. */
function serviceFaults(
  name: string,
  { build, command, environment = {} }: ComposeService,
  variables: ReadonlyMap<string, Variables>,
): readonly string[] {
  const read = variables.get(build?.args?.['APP'] ?? '');
  if (read === undefined) return [];
  const required = [...read].filter(([, { fallback }]) => fallback === 'required').map(([key]) => key);
  // Another command than the image's own is the migration: it needs the database and no secret of the application.
  const needed = command === undefined ? required : ['DATABASE_URL'];
  return [
    ...Object.keys(environment)
      .filter((key) => !read.has(key) && !IMAGE.has(key))
      .map((key) => `${COMPOSE}: ${name} sets ${key}, which it does not read`),
    ...needed.filter((key) => !(key in environment)).map((key) => `${COMPOSE}: ${name} must set ${key}`),
  ];
}

/** `docker/.env.example` names what the compose file asks for, and no secret. */
function exampleFaults(repository: Repository): readonly string[] {
  const asked = new Set(
    [...(repository.text(COMPOSE) ?? '').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name ?? ''),
  );
  const lines = [...(repository.text(EXAMPLE) ?? '').matchAll(/^(\w+)=(.*)$/gm)];
  const given = new Map(lines.map(([, name, value]) => [name ?? '', value ?? '']));
  return [
    ...[...asked].filter((name) => !given.has(name)).map((name) => `${EXAMPLE}: ${name} is missing`),
    ...[...given.keys()]
      .filter((name) => !asked.has(name))
      .map((name) => `${EXAMPLE}: ${name} is not used by ${COMPOSE}`),
    ...[...given]
      .filter(([name, value]) => SECRET_NAME.test(name) && value !== '')
      .map(([name]) => `${EXAMPLE}: ${name} must be empty`),
  ];
}
