import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  findOrInstall,
  freePort,
  startTestServer,
  type SystemProgram,
  type TestServer,
} from '@holdfast/launcher';
import { serviceEnvironment } from '../session/holdfast-sessions.js';
import { onCore } from '../session/processor.js';
import { haproxyConfig, nginxConfig, type ConfigPlan } from './proxy-configs.js';

/** Who is measured: ours, the two that everybody knows, and two libraries. */
export type ProxyId = 'ours' | 'nginx' | 'haproxy' | 'reply-from' | 'middleware';

/** A proxy that can be started. */
export interface ProxyPlan {
  readonly id: ProxyId;
  readonly name: string;
  /** How it is set up, for the document. */
  readonly setUp: string;
  /** The command that runs it in the foreground. */
  command(at: ConfigPlan): readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A proxy that runs. */
export interface RunningProxy {
  readonly plan: Pick<ProxyPlan, 'id' | 'name' | 'setUp'>;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

const NGINX: SystemProgram = {
  name: 'nginx',
  packages: { apt: 'nginx-light', apk: 'nginx', dnf: ['nginx'], brew: 'nginx', daemon: 'nginx' },
};
const HAPROXY: SystemProgram = {
  name: 'haproxy',
  packages: { apt: 'haproxy', apk: 'haproxy', dnf: ['haproxy'], brew: 'haproxy', daemon: 'haproxy' },
};
const file = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** Our gateway as it is deployed, with one worker. */
export function ours(redisUrl: string): ProxyPlan {
  return {
    id: 'ours',
    name: 'Holdfast gateway',
    setUp:
      'the platform’s gateway, built, with its Redis: sessions, discovery by the registry, P2C with peak EWMA, active and passive checks, retries within a budget, metrics',
    command: () => [process.execPath, file('apps/gateway/dist/main.js')],
    environment: {
      ...serviceEnvironment,
      SESSION_STRATEGY: 'hybrid',
      CLIENT_SECRET: randomBytes(32).toString('base64url'),
      REDIS_URL: redisUrl,
      GATEWAY_WORKERS: '1',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    },
  };
}

/** nginx and HAProxy, installed if need be, or a sentence for each that cannot be had. */
export async function nativeProxies(
  say: (line: string) => void,
): Promise<{ readonly plans: readonly ProxyPlan[]; readonly missing: readonly string[] }> {
  const [nginx, haproxy] = [await findOrInstall(NGINX, say), await findOrInstall(HAPROXY, say)];
  const plans: ProxyPlan[] = [];
  if ('file' in nginx) plans.push(nginxPlan(nginx.file));
  if ('file' in haproxy) plans.push(haproxyPlan(haproxy.file));
  return { plans, missing: [nginx, haproxy].flatMap((each) => ('why' in each ? [`${each.why}.`] : [])) };
}

function nginxPlan(program: string): ProxyPlan {
  return {
    id: 'nginx',
    name: 'nginx',
    setUp:
      '`least_conn`, `max_fails=2 fail_timeout=1s` (its free edition has no active checks), `proxy_next_upstream` for errors, timeouts and 503, for POST on the keyed route as well, kept connections',
    command: (at) => {
      const config = written(at, 'nginx.conf', nginxConfig(at));
      return [program, '-p', at.dir, '-e', join(at.dir, 'error.log'), '-c', config];
    },
  };
}

function haproxyPlan(program: string): ProxyPlan {
  return {
    id: 'haproxy',
    name: 'HAProxy',
    setUp:
      '`leastconn`, `option httpchk` every 500 ms, `observe layer7`, `retry-on` connection failures, empty answers, timeouts and 503 (POST only with a key), `redispatch`, kept and shared connections',
    command: (at) => [program, '-db', '-f', written(at, 'haproxy.cfg', haproxyConfig(at))],
  };
}

/** The two libraries that Node programs proxy with, as they come; the round robin is ours, for they have none. */
export const LIBRARIES: readonly ProxyPlan[] = [
  {
    id: 'reply-from',
    name: '`@fastify/http-proxy`',
    setUp:
      'on `@fastify/reply-from` and undici, round robin, `retriesCount: 2`, no authentication, no checks',
    command: (at) => library('fastify-http-proxy', at),
  },
  {
    id: 'middleware',
    name: '`http-proxy-middleware`',
    setUp:
      'on a plain `http` server, round robin, kept connections, no authentication, no checks, no retries',
    command: (at) => library('http-proxy-middleware', at),
  },
];

function library(name: string, { port, upstreamPorts }: ConfigPlan): readonly string[] {
  const upstreams = upstreamPorts.map((each) => `http://127.0.0.1:${each}`);
  return [process.execPath, file(`tools/bench/competitors/${name}.mjs`), JSON.stringify({ port, upstreams })];
}

function written({ dir }: ConfigPlan, name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** Starts a proxy before these instances, perhaps kept on a core. It ends with this process. */
export async function startProxy(
  plan: ProxyPlan,
  upstreamPorts: readonly number[],
  core: number | undefined,
): Promise<RunningProxy> {
  const dir = mkdtempSync(join(tmpdir(), `holdfast-bench-${plan.id}-`));
  const port = await freePort();
  const [program = '', ...args] = onCore(core, plan.command({ port, upstreamPorts, dir }));
  const environment = { PORT: String(port), NODE_ENV: 'production', NODE_OPTIONS: '', ...plan.environment };
  const server: TestServer = await startTestServer({
    name: plan.name,
    command: { file: program, args, env: { ...process.env, ...environment } },
    signal: 'SIGTERM',
    dir,
    url: `http://127.0.0.1:${port}`,
    isReady: () => accepts(port),
  });
  return { plan, port, pid: server.pid, stop: () => server.stop() };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
