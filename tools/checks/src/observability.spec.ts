import { describe, expect, it } from '@jest/globals';
import { observability } from './observability.js';
import { Repository } from './repository.js';

const FILES = {
  'docker/compose.yaml': `services:
  gateway: { environment: { PORT: '8080' } }
  auth: { environment: { PORT: '3000' } }
  prometheus:
    entrypoint: [sh, -c, 'printf %s "$$SECRET" > /tmp/secret && exec prometheus']
    volumes:
      - ./prometheus/a.rules.yml:/etc/prometheus/a.rules.yml:ro
      - data:/prometheus
  grafana:
    volumes: ['./grafana/a.json:/etc/dashboards/a.json:ro']
`,
  'docker/prometheus/a.rules.yml': '',
  'docker/prometheus/prometheus.yml': `rule_files: [a.rules.yml]
scrape_configs:
  - oauth2:
      client_id: prometheus
      client_secret_file: /tmp/secret
      token_url: http://gateway:8080/oauth/token
      scopes: ['metrics:read']
    static_configs: [{ targets: ['gateway:8080', 'auth:3000'] }]
`,
  'docker/grafana/a.json': '{}',
  'docker/grafana/datasources.yaml': 'datasources: [{ type: prometheus, url: http://prometheus:9090 }]',
  'docker/grafana/dashboards.yaml': 'providers: [{ options: { path: /etc/dashboards } }]',
};
type Path = keyof typeof FILES;

const faults = (path: Path, from: string, to: string) =>
  observability.run(Repository.ofFiles({ ...FILES, [path]: FILES[path].replace(from, to) }));

describe('the check of Prometheus and Grafana', () => {
  it('passes when they fit the compose file', () => {
    expect(observability.run(Repository.ofFiles(FILES))).toEqual([]);
  });

  const compose = 'docker/compose.yaml';
  const prometheus = 'docker/prometheus/prometheus.yml';
  it.each<[string, Path, string, string, string]>([
    ['an application that nobody scrapes', prometheus, ", 'auth:3000'", '', 'does not scrape auth:3000'],
    ['a target that is nobody', prometheus, 'auth:3000', 'auth:3001', 'auth:3001, which is nobody'],
    ['rules that are not mounted', prometheus, '[a.rules.yml]', '[b.rules.yml]', 'b.rules.yml'],
    ['another client', prometheus, 'client_id: prometheus', 'client_id: order', 'the client prometheus'],
    ['another scope', prometheus, 'metrics:read', 'internal', 'the scope metrics:read'],
    ['another token endpoint', prometheus, '/oauth/token', '/token', 'gets no token'],
    ['a secret that nobody writes', prometheus, '/tmp/secret', '/run/secret', '/run/secret'],
    ['no client at all', prometheus, 'oauth2', 'basic_auth', 'reads a secret from no file'],
    [
      'another place of Prometheus',
      'docker/grafana/datasources.yaml',
      '9090',
      '9091',
      'must name Prometheus',
    ],
    ['dashboards elsewhere', 'docker/grafana/dashboards.yaml', '/etc/dashboards', '/etc/x', 'no dashboard'],
    ['a mount of nothing', compose, './grafana/a.json', './grafana/b.json', 'b.json, which is missing'],
    ['a mount that can be written to', compose, 'a.json:ro', 'a.json', 'read-only'],
    ['no Prometheus', compose, 'prometheus:\n', 'somebody:\n', 'is missing'],
  ])('fails for %s', (_what, path, from, to, expected) => {
    expect(faults(path, from, to)).toContainEqual(expect.stringContaining(expected));
  });
});
