import { posix } from 'node:path';
import { METRICS_CLIENT_ID, METRICS_SCOPE } from '@holdfast/contracts';
import { parse } from 'yaml';
import type { Check } from './check.js';
import { COMPOSE, composeFile, type ComposeFile, type ComposeService } from './compose-file.js';
import type { Repository } from './repository.js';

const PROMETHEUS = 'docker/prometheus/prometheus.yml';
const DATASOURCES = 'docker/grafana/datasources.yaml';
const DASHBOARDS = 'docker/grafana/dashboards.yaml';

interface PrometheusFile {
  readonly rule_files?: readonly string[];
  readonly scrape_configs?: readonly {
    readonly oauth2?: {
      readonly client_id?: string;
      readonly client_secret_file?: string;
      readonly token_url?: string;
      readonly scopes?: readonly string[];
    };
    readonly static_configs?: readonly { readonly targets?: readonly string[] }[];
  }[];
}

/** What Prometheus and Grafana are told fits the compose file that runs them and the client that auth knows. */
export const observability: Check = {
  name: 'observability',
  fact: 'Prometheus scrapes every application with the token of its own client, and Grafana finds it and its dashboard',
  run(repository) {
    const file = composeFile(repository);
    const { prometheus, grafana } = file.services ?? {};
    if (prometheus === undefined || grafana === undefined)
      return [`${COMPOSE}: prometheus or grafana is missing`];
    return [
      ...prometheusFaults(read<PrometheusFile>(repository, PROMETHEUS), file, prometheus),
      ...grafanaFaults(repository, grafana),
      ...[prometheus, grafana].flatMap((service) => mountFaults(repository, service)),
    ];
  },
};

function read<T>(repository: Repository, path: string): T {
  return (parse(repository.text(path) ?? '{}') ?? {}) as T;
}

function prometheusFaults(
  { rule_files: rules = [], scrape_configs: jobs = [] }: PrometheusFile,
  file: ComposeFile,
  service: ComposeService,
): readonly string[] {
  const places = placesOf(file);
  const targets = jobs.flatMap(({ static_configs: all = [] }) => all.flatMap((each) => each.targets ?? []));
  const mounted = mountsOf(service).map(({ target }) => target);
  return [
    ...[...places].filter((place) => !targets.includes(place)).map((place) => `does not scrape ${place}`),
    ...targets.filter((target) => !places.has(target)).map((target) => `scrapes ${target}, which is nobody`),
    ...rules
      .filter((rule) => !mounted.includes(`/etc/prometheus/${rule}`))
      .map((rule) => `reads ${rule}, which is not mounted`),
    ...jobs.flatMap(({ oauth2 = {} }) => clientFaults(oauth2, service, places)),
  ].map((fault) => `${PROMETHEUS}: ${fault}`);
}

/** Where each application answers: `name:port`. */
function placesOf({ services = {} }: ComposeFile): ReadonlySet<string> {
  const applications = Object.entries(services).filter(([, { environment = {} }]) => 'PORT' in environment);
  return new Set(applications.map(([name, { environment }]) => `${name}:${environment?.['PORT']}`));
}

type Client = NonNullable<NonNullable<PrometheusFile['scrape_configs']>[number]['oauth2']>;

function clientFaults(
  client: Client,
  service: ComposeService,
  places: ReadonlySet<string>,
): readonly string[] {
  const { client_id: id, client_secret_file: secret = '', token_url: url = '', scopes = [] } = client;
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' };
  return [
    ...(id === METRICS_CLIENT_ID ? [] : [`must be the client ${METRICS_CLIENT_ID}`]),
    ...(scopes.join() === METRICS_SCOPE ? [] : [`must ask for the scope ${METRICS_SCOPE} and no other`]),
    ...(places.has(host) && pathname === '/oauth/token' ? [] : [`gets no token at ${url || 'no address'}`]),
    ...(secret !== '' && service.entrypoint?.some((line) => line.includes(`> ${secret} `))
      ? []
      : [`reads a secret from ${secret || 'no file'}, which ${COMPOSE} does not write`]),
  ];
}

function grafanaFaults(repository: Repository, grafana: ComposeService): readonly string[] {
  const { datasources = [] } = read<{ datasources?: { type?: string; url?: string }[] }>(
    repository,
    DATASOURCES,
  );
  const { providers = [] } = read<{ providers?: { options?: { path?: string } }[] }>(repository, DASHBOARDS);
  const folders = providers.map(({ options }) => options?.path);
  const shown = mountsOf(grafana).filter(({ target }) => folders.includes(posix.dirname(target)));
  return [
    ...(datasources.some(({ type, url }) => type === 'prometheus' && url === 'http://prometheus:9090')
      ? []
      : [`${DATASOURCES}: must name Prometheus`]),
    ...(shown.some(({ source }) => source.endsWith('.json'))
      ? []
      : [`${DASHBOARDS}: no dashboard is mounted where it looks`]),
  ];
}

/** What is mounted of the repository is there, and nobody writes to it. */
function mountFaults(repository: Repository, service: ComposeService): readonly string[] {
  return mountsOf(service)
    .filter(({ source }) => source.startsWith('./'))
    .flatMap(({ source, mode }) => [
      ...(repository.has(posix.join('docker', source))
        ? []
        : [`${COMPOSE}: mounts ${source}, which is missing`]),
      ...(mode === 'ro' ? [] : [`${COMPOSE}: must mount ${source} read-only`]),
    ]);
}

function mountsOf({ volumes = [] }: ComposeService) {
  return volumes.map((volume) => {
    const [source = '', target = '', mode] = volume.split(':');
    return { source, target, mode };
  });
}
