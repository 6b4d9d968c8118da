import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as dclint from 'dclint';
import type { Check } from './check.js';
import { COMPOSE, composeFile, SECRET_NAME, type ComposeFile, type ComposeService } from './compose-file.js';

/** Rules of order: services and keys stand here in the order in which one reads them. */
const RULES = Object.fromEntries(
  ['service-keys-order', 'top-level-properties-order', 'services-alphabetical-order'].map((rule) => [
    rule,
    0,
  ]),
);
/** The only service that the outside reaches. */
const PUBLISHED = 'gateway';
/** The only one beside it that this machine reaches. */
const PUBLISHED_HERE = 'grafana';
/** The networks that lead outside, each with the one service on it: the ways in, and the way out to the mail server. */
const OUTSIDE: Readonly<Record<string, string>> = {
  edge: PUBLISHED,
  dashboards: PUBLISHED_HERE,
  mail: 'auth',
};

/** The compose file fits the specification's schema, and its containers may do as little as possible. */
export const compose: Check = {
  name: 'compose',
  fact: 'compose.yaml fits the schema, hardens every container, publishes the gateway, and on this machine Grafana, alone',
  run(repository) {
    const text = repository.text(COMPOSE);
    if (text === undefined) return [`${COMPOSE} is missing`];
    const file = composeFile(repository);
    const all = repository.paths(/^apps\/[^/]+\/package\.json$/).map((path) => path.split('/')[1] ?? '');
    const apps = all.filter((app) => !repository.has(`apps/${app}/index.html`)); // A page is served by the gateway.
    const built = new Set(Object.values(file.services ?? {}).map(({ build }) => build?.args?.['APP']));
    return [
      ...lint(text),
      ...apps.filter((app) => !built.has(app)).map((app) => `${COMPOSE}: has no service of ${app}`),
      ...Object.entries(file.services ?? {}).flatMap(([name, service]) =>
        [...hardening(service), ...exposure(name, service, file), ...waiting(service)].map(
          (fault) => `${COMPOSE}: ${name} ${fault}`,
        ),
      ),
    ];
  },
};

/** What is used of `dclint`: its own types do not resolve under `nodenext`. */
interface Dclint {
  readonly DCLinter: new (config: { rules: object; quiet: boolean; debug: boolean; exclude: string[] }) => {
    lintFiles(
      paths: readonly string[],
      fix: boolean,
    ): readonly { readonly messages: readonly { line: number; rule: string; message: string }[] }[];
  };
}

const { DCLinter } = dclint as unknown as Dclint;

/** The schema of the Compose specification and the rules of `dclint`, which reads files only. */
function lint(text: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  try {
    const path = join(folder, 'compose.yaml');
    writeFileSync(path, text);
    const linter = new DCLinter({ rules: RULES, quiet: false, debug: false, exclude: [] });
    const results = linter.lintFiles([path], false);
    return results.flatMap(({ messages }) =>
      messages.map(({ line, rule, message }) => `${COMPOSE}:${line}: ${message} (${rule})`),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hardening(service: ComposeService): readonly string[] {
  const { environment = {} } = service;
  const literal = Object.entries(environment).filter(
    ([name, value]) => SECRET_NAME.test(name) && !/^\$\{\w+(:\?.+|:-)\}$/.test(value),
  );
  return [
    ...(service.read_only === true ? [] : ['must be read_only']),
    ...(service.cap_drop?.includes('ALL') === true ? [] : ['must drop ALL capabilities']),
    ...(service.security_opt?.includes('no-new-privileges:true') === true
      ? []
      : ['must have no-new-privileges:true']),
    ...(service.privileged === true ? ['must not be privileged'] : []),
    ...literal.map(([name]) => `must take ${name} from a required variable: \${${name}:?…}`),
  ];
}

function exposure(
  name: string,
  { ports = [], networks = [] }: ComposeService,
  file: ComposeFile,
): readonly string[] {
  const open = networks.filter(
    (network) => file.networks?.[network]?.internal !== true && OUTSIDE[network] !== name,
  );
  const isHere = name === PUBLISHED_HERE;
  const inside = name !== PUBLISHED && !isHere;
  return [
    ...(inside && ports.length > 0 ? ['publishes a port: only the gateway and Grafana may'] : []),
    ...(isHere && ports.some((port) => port.host_ip !== '127.0.0.1')
      ? ['must publish its port on this machine alone: host_ip 127.0.0.1']
      : []),
    ...(open.length > 0 ? [`is on the network ${open.join(', ')}, which is not internal`] : []),
    ...(networks.length === 0 ? ['is on the default network, which is not internal'] : []),
    ...(!inside && ports.length !== 1 ? ['must publish its one port'] : []),
  ];
}

function waiting({ build, healthcheck, restart, depends_on = {} }: ComposeService): readonly string[] {
  const oneShot = restart === 'no';
  const unhealthy = healthcheck?.disable === true || (build === undefined && healthcheck?.test === undefined);
  const blind = Object.entries(depends_on).filter(
    ([, { condition }]) => condition === undefined || condition === 'service_started',
  );
  return [
    ...(unhealthy && !oneShot ? ['needs a health check: others wait for it'] : []),
    ...blind.map(([name]) => `must say on which condition of ${name} it waits`),
  ];
}
