import { describe, expect, it } from '@jest/globals';
import { compose } from './compose.js';
import { Repository } from './repository.js';

const COMPOSE = `name: sample

services:
  gateway: &hardened
    build: { context: .., args: { APP: gateway } }
    environment:
      SESSION_SECRET: \${SESSION_SECRET:?make one}
    ports: [{ host_ip: 127.0.0.1, published: '8080', target: 8080 }]
    networks: [edge, inside]
    read_only: true
    cap_drop: ['ALL']
    security_opt: ['no-new-privileges:true']
  redis:
    image: redis:7.4
    healthcheck: { test: ['CMD', 'redis-cli', 'ping'] }
    networks: [inside]
    read_only: true
    cap_drop: ['ALL']
    security_opt: ['no-new-privileges:true']

networks:
  edge: {}
  inside: { internal: true }
`;

function faults(change: (text: string) => string = (text) => text) {
  return compose.run(
    Repository.ofFiles({ 'docker/compose.yaml': change(COMPOSE), 'apps/gateway/package.json': '{}' }),
  );
}

describe('the check of the compose file', () => {
  it('passes a hardened one', () => {
    expect(faults()).toEqual([]);
  });

  it('fails for a key that the schema does not know', () => {
    expect(faults((text) => text.replace('    read_only: true', '    readonly: true'))).toContainEqual(
      expect.stringContaining('invalid-schema'),
    );
  });

  it.each([
    ['no tag', 'redis:7.4', 'redis', 'image'],
    ['a literal secret', '${SESSION_SECRET:?make one}', 'abc', 'must take SESSION_SECRET'],
    [
      'a literal address with a password',
      'SESSION_SECRET: ',
      'SMTP_URL: smtp://u:p@h\n      S: ',
      'SMTP_URL',
    ],
    ['a secret with a default', ':?make one', ':-abc', 'must take SESSION_SECRET'],
    ['capabilities', "['ALL']", "['NET_RAW']", 'capabilities'],
    ['new privileges', 'no-new-privileges:true', 'seccomp:unconfined', 'no-new-privileges'],
    ['a writable root', 'read_only: true', 'read_only: false', 'read_only'],
    ['an open network', 'internal: true', 'internal: false', 'not internal'],
    ['another service on the way out', 'networks: [inside]', 'networks: [inside, edge]', 'network edge'],
    ['no health check', "    healthcheck: { test: ['CMD', 'redis-cli', 'ping'] }\n", '', 'health check'],
    [
      'a port of another service',
      '    image: redis',
      "    ports: ['127.0.0.1:6379:6379']\n    image: redis",
      'publishes a port',
    ],
    [
      'a start that waits for nothing',
      '    image: redis',
      '    depends_on: { gateway: { condition: service_started } }\n    image: redis',
      'condition',
    ],
    ['an application without a service', 'APP: gateway', 'APP: other', 'no service of gateway'],
  ])('fails for %s', (_what, from, to, expected) => {
    expect(faults((text) => text.replace(from, to))).toContainEqual(expect.stringContaining(expected));
  });

  it('lets Grafana be reached from this machine, and from nowhere else', () => {
    const grafana = (port: string) => (text: string) =>
      `${text.replace('  redis:\n', `  grafana:\n    image: g:1\n    healthcheck: { test: [CMD, x] }\n    networks: [dashboards]\n    ports: [${port}]\n    read_only: true\n    cap_drop: ['ALL']\n    security_opt: ['no-new-privileges:true']\n  redis:\n`)}  dashboards: {}\n`;
    expect(faults(grafana("{ host_ip: 127.0.0.1, published: '3000', target: 3000 }"))).toEqual([]);
    for (const port of ["{ published: '3000', target: 3000 }", "'127.0.0.1:3000:3000'"])
      expect(faults(grafana(port))).toContainEqual(expect.stringContaining('on this machine alone'));
  });

  it('wants no service of an application that is pages: the gateway serves those', () => {
    const files = (page: string) => ({
      'docker/compose.yaml': COMPOSE,
      'apps/gateway/package.json': '{}',
      'apps/console/package.json': '{}',
      [`apps/console/${page}`]: '',
    });
    expect(compose.run(Repository.ofFiles(files('index.html')))).toEqual([]);
    expect(compose.run(Repository.ofFiles(files('src/main.ts')))).toEqual([
      'docker/compose.yaml: has no service of console',
    ]);
  });

  it('fails when there is none', () => {
    expect(compose.run(Repository.ofFiles({}))).toHaveLength(1);
  });
});
