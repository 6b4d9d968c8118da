import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/launcher';
import { installCompetitors } from '../session/competitors.js';
import {
  authorizationOf,
  beginCookieSessions,
  markReconciledAt,
  type CookieSession,
} from '../session/holdfast-sessions.js';
import { findCores, type Cores } from '../session/processor.js';
import { startAuth } from './auth-stand-in.js';
import { gatewayCharts } from './charts.js';
import { readGatewayOptions, type GatewayBenchOptions } from './options.js';
import { LIBRARIES, nativeProxies, ours, startProxy, type ProxyPlan, type RunningProxy } from './proxies.js';
import { gatewayReport } from './report.js';
import type { GatewayResults } from './results.js';
import { runScoreboard } from './scoreboard.js';
import { measureThroughput, type Lane } from './throughput.js';
import { startUpstreams } from './upstream-instances.js';
import { findLoadMaker } from './wrk.js';

const FOLDER = fileURLToPath(new URL('../../../../docs/benchmarks', import.meta.url));
const SESSIONS = 100;
/** More than this, and the figures say more about others than about us. */
const BUSY = 0.5;

type Say = (line: string) => void;

/**
 * Compares our gateway with nginx, HAProxy and two libraries in one run: what a request costs, and what faults of the
 * instances cost clients. Writes `docs/benchmarks/gateway.md` and its pictures, unless it is only to be quick.
 */
export async function benchGateway(say: Say, argv: readonly string[]): Promise<number> {
  const options = readGatewayOptions(argv);
  if (typeof options === 'string') {
    say(options);
    return 2;
  }
  const [busy = 0] = loadavg();
  const results = await measured(options, busy, say);
  if (options.isWhole) write(results);
  say(`\n${gatewayReport(results)}`);
  return 0;
}

async function measured(options: GatewayBenchOptions, busy: number, say: Say): Promise<GatewayResults> {
  const cores = await findCores();
  const endings: (() => Promise<void>)[] = [];
  const later = <T extends { stop(): Promise<void> }>(started: T): T => {
    endings.unshift(() => started.stop());
    return started;
  };
  try {
    const load = await findLoadMaker(cores?.ofLoad, say);
    const { url } = later(await startRedis());
    await markReconciledAt(url);
    const sessions = await beginCookieSessions(url, SESSIONS);
    later(await startAuth(url, sessions));
    const instances = (await startUpstreams(url, cores?.ofLoad)).map(later);
    const { plans, missing } = await plansOf(url, say);
    const proxies: RunningProxy[] = [];
    for (const plan of plans) {
      say(`${plan.name} …`);
      const ports = instances.map(({ port }) => port);
      proxies.push(later(await startProxy(plan, ports, cores?.ofServer)));
    }
    say('full load …');
    const lanes = lanesOf(proxies, sessions);
    const rounds = await measureThroughput(lanes, load, options);
    const credential = lanes[0]?.credentials[0] ?? '';
    const { pace } = options;
    return {
      proxies: proxies.map(({ plan }) => plan),
      lanes: lanes.map(({ id, name, proxy }) => ({
        ...{ id, name, proxy: proxy.plan.id },
        rounds: rounds.get(id) ?? [],
      })),
      scoreboard: await runScoreboard({ proxies, instances, credential, pace, say }),
      notes: [...notesOf(cores, busy), `Load by ${load.name}.`, ...missing],
    };
  } finally {
    for (const end of endings) await end();
  }
}

async function plansOf(
  redisUrl: string,
  say: Say,
): Promise<{ readonly plans: readonly ProxyPlan[]; readonly missing: readonly string[] }> {
  const native = await nativeProxies(say);
  const notInstalled = await installCompetitors();
  return {
    plans: [ours(redisUrl), ...native.plans, ...(notInstalled === undefined ? LIBRARIES : [])],
    missing: [...native.missing, ...(notInstalled === undefined ? [] : [notInstalled])],
  };
}

/** Each proxy with bearer tokens, ours with cookies as well. */
function lanesOf(proxies: readonly RunningProxy[], sessions: readonly CookieSession[]): readonly Lane[] {
  const bearer = sessions.map((session) => authorizationOf(session));
  const cookies = sessions.map(({ cookie }) => `Cookie: __Host-session=${cookie}`);
  return proxies.flatMap((proxy) => {
    const { id, name } = proxy.plan;
    if (id !== 'ours') return [{ id, name, proxy, credentials: bearer }];
    return [
      { id, name: `${name}, bearer token`, proxy, credentials: bearer },
      { id: 'ours-cookie', name: `${name}, cookie`, proxy, credentials: cookies },
    ];
  });
}

function notesOf(cores: Cores | undefined, busy: number): readonly string[] {
  return [
    `Node ${process.version}, ${availableParallelism()} cores${cores ? '' : ', processes not kept on any'}.`,
    ...(busy > BUSY
      ? [`**The machine did other work meanwhile (load ${busy.toFixed(1)}): run it again.**`]
      : []),
  ];
}

function write(results: GatewayResults): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'gateway.md'), gatewayReport(results));
  for (const [name, svg] of Object.entries(gatewayCharts(results))) writeFileSync(join(FOLDER, name), svg);
}
