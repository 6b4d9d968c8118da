import { parse } from 'yaml';
import type { Check } from './check.js';
import { plain, tableRows } from './markdown.js';
import type { Repository } from './repository.js';

const DOCUMENT = 'docs/reference/metrics.md';
const GUARANTEES = 'docs/guarantees.md';
const SOURCES = /^(apps|libs)\/.*\/src\/(?!.*(?:\.spec\.ts$|\/spec\/)).*\.ts$/;
const USERS = /^docker\/(grafana\/.*\.json|prometheus\/.*\.ya?ml)$/;
const RULES = /^docker\/prometheus\/.*\.rules\.ya?ml$/;
/** What Prometheus makes of a histogram. */
const PARTS = ['_bucket', '_count', '_sum'];

interface Rules {
  readonly groups?: readonly {
    readonly rules?: readonly {
      readonly alert?: string;
      readonly annotations?: { readonly guarantee?: string };
    }[];
  }[];
}

/** Code, reference, dashboards and rules name the same metrics, and each alert the promise that is in danger. */
export const metrics: Check = {
  name: 'metrics',
  fact: 'every metric is documented, dashboards and rules use no other, and each alert names its guarantee',
  run(repository) {
    const rows = tableRows(repository.text(DOCUMENT) ?? '').filter((row) => plain(row['metric']) !== '');
    const types = new Map(rows.map((row) => [plain(row['metric']), plain(row['type'])]));
    const shown = namesIn(repository, SOURCES, /'(holdfast_[a-z_]+)'/g);
    return [
      ...[...shown.keys()]
        .filter((name) => !types.has(name))
        .map((name) => `${DOCUMENT}: ${name} is missing`),
      ...[...types.keys()]
        .filter((name) => !shown.has(name))
        .map((name) => `${DOCUMENT}: nothing shows ${name}`),
      ...[...namesIn(repository, USERS, /\b(holdfast_[a-z_]+)\b/g)]
        .filter(([name]) => !isShown(name, types))
        .map(([name, path]) => `${path}: uses ${name}, which ${DOCUMENT} does not have`),
      ...repository.paths(RULES).flatMap((path) => alertFaults(repository, path)),
    ];
  },
};

/** Each name, and where it was found last. */
function namesIn(repository: Repository, paths: RegExp, pattern: RegExp): ReadonlyMap<string, string> {
  return new Map(
    repository
      .paths(paths)
      .flatMap((path) =>
        [...(repository.text(path) ?? '').matchAll(pattern)].map(([, name = '']): [string, string] => [
          name,
          path,
        ]),
      ),
  );
}

function isShown(name: string, types: ReadonlyMap<string, string>): boolean {
  const part = PARTS.find(
    (suffix) => name.endsWith(suffix) && types.get(name.slice(0, -suffix.length)) === 'histogram',
  );
  // A histogram has no value of its own.
  return part !== undefined || (types.has(name) && types.get(name) !== 'histogram');
}

function alertFaults(repository: Repository, path: string): readonly string[] {
  const promised = new Set(tableRows(repository.text(GUARANTEES) ?? '').map((row) => plain(row['id'])));
  const { groups = [] } = parse(repository.text(path) ?? '{}') as Rules;
  return groups
    .flatMap(({ rules = [] }) => rules)
    .filter(({ alert, annotations }) => alert !== undefined && !promised.has(annotations?.guarantee ?? ''))
    .map(
      ({ alert, annotations }) =>
        `${path}: ${alert} names the guarantee ${annotations?.guarantee}, which has no row`,
    );
}
