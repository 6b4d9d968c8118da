import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetProcess, ProcessRole } from '@holdfast/fleet-client';
import {
  appVariables,
  SERVICES,
  writeEnvFile,
  type AppName,
  type EnvironmentSource,
} from './app-environment.js';
import { gatewayPlan, servicePlans, type AppsLayout } from './app-plans.js';
import { LauncherError } from './errors.js';
import { Faults } from './faults.js';
import { FleetControl } from './fleet-control.js';
import type { Home } from './home.js';
import { LogFiles } from './log-files.js';
import { ManagedProcess, type ProcessHost, type ProcessPlan } from './managed-process.js';
import { listenPorts, type Ports, type StoreIds } from './ports.js';
import { postgresUrl, type PostgresCluster } from './postgres-cluster.js';
import { postgresPlan } from './postgres-plan.js';
import { ProcessLedger } from './process-ledger.js';
import { RedisFleet, type Election } from './redis-fleet.js';
import type { RedisSource } from './redis-program.js';
import { removeRunFile, writeRunFile } from './run-file.js';
import type { Secrets } from './secrets.js';
import type { Settings } from './settings.js';
import { until } from './until.js';

/** Where the programs of the fleet come from. */
export interface FleetPrograms {
  /** The repository: its `apps` hold the programs and migrations. */
  readonly root: string;
  /** Brings a database to its newest migration. */
  migrate(url: string, folder: string): Promise<void>;
}

/** All that a fleet is made of. */
export interface FleetParts {
  readonly settings: Settings;
  readonly home: Home;
  readonly secrets: Secrets;
  readonly ports: Ports;
  readonly ids: StoreIds;
  readonly source: RedisSource;
  readonly election: Election | undefined;
  readonly programs: FleetPrograms;
  say(line: string): void;
  /** One line per finished step of the start. */
  done(what: string, detail: string): void;
}

const SETTLE_WITHIN_MS = 30_000;
const TIDY_EVERY_MS = 10_000;

/** The running platform on this machine. */
export class Fleet {
  readonly url: string;
  private readonly processes: ManagedProcess[] = [];
  private readonly faults = new Faults();
  private readonly ledger: ProcessLedger;
  private readonly host: ProcessHost;
  private readonly cluster: PostgresCluster;
  private readonly redis: RedisFleet | undefined;
  private tidying: NodeJS.Timeout | undefined;
  private state: 'starting' | 'running' | 'stopping' = 'starting';
  private diskFull = false;

  constructor(private readonly parts: FleetParts) {
    const { settings, home, secrets, ports, ids, source, say } = parts;
    this.url = `http://127.0.0.1:${settings.gatewayPort}`;
    this.cluster = {
      dataDir: home.postgres,
      port: ports['postgres'] ?? 0,
      password: secrets.postgresPassword,
      durable: true,
    };
    this.ledger = new ProcessLedger(home.ledgerFile, [home.runFile]);
    const logs = new LogFiles(home.logs);
    const { restartDelayMs } = settings;
    this.host = { ledger: this.ledger, logs, restartDelayMs, say, changed: () => this.publish() };
    const portsOf = (names: readonly string[]): Ports =>
      Object.fromEntries(names.map((id) => [id, ports[id] ?? 0]));
    if (source.kind !== 'url') {
      this.redis = new RedisFleet(
        {
          home,
          source,
          nodes: portsOf(ids.redis),
          listenPorts: listenPorts(settings, ids),
          sentinels: portsOf(ids.sentinels),
          election: parts.election,
        },
        (id) => this.processes.some(({ plan, ready }) => plan.id === id && ready),
        say,
      );
    }
  }

  /** Starts everything; resolves when all are ready. Rejects with one sentence if something does not start. */
  async start(): Promise<void> {
    await Promise.all([this.startRedis(), this.startPostgres()]);
    const layout = this.appsLayout();
    const control = new FleetControl(() => this.summary().processes, this.faults);
    await Promise.all([
      this.startAll('services', servicePlans(this.parts.settings, layout)),
      this.startAll('gateway', [gatewayPlan(this.parts.settings, layout, control)]),
    ]);
    this.redis?.watch.start((primary) => {
      this.parts.say(`${primary} is the Redis primary now.`);
      this.publish();
    });
    this.tidying = setInterval(() => {
      this.host.logs.rotate();
      if (this.diskFull) this.publish();
    }, TIDY_EVERY_MS);
    this.tidying.unref();
    this.state = 'running';
    this.publish();
  }

  /** Ends everything in order: who uses a store ends before it. */
  async stop(): Promise<void> {
    this.state = 'stopping';
    removeRunFile(this.parts.home);
    this.faults.endAll();
    clearInterval(this.tidying);
    this.redis?.watch.stop();
    const last = (id: string): number => (id === this.redis?.watch.primary ? 0.5 : 0);
    const rank = ({ plan }: ManagedProcess): number => plan.rank + last(plan.id);
    const ranks = [...new Set(this.processes.map(rank))].sort((a, b) => a - b);
    for (const each of ranks) {
      await Promise.all(this.processes.filter((one) => rank(one) === each).map((one) => one.stop()));
    }
    await this.ledger.close();
  }

  /** Kills everything at once. */
  kill(): void {
    for (const each of this.processes) each.kill();
    removeRunFile(this.parts.home);
  }

  /** Who runs now, and who may administer it. */
  summary(): { processes: FleetProcess[]; adminEmail: string } {
    const processes = this.processes.flatMap(({ members }) =>
      [...members].map(([id, { pid, port }]) => ({ id, role: this.roleOf(id), pid, port })),
    );
    processes.sort((a, b) => a.id.localeCompare(b.id));
    return { processes, adminEmail: this.parts.secrets.adminEmail };
  }

  private async startRedis(): Promise<void> {
    const { redis } = this;
    const { ids, done } = this.parts;
    if (redis === undefined) return done('Redis', 'the one that REDIS_URL names');
    await this.launch(redis.nodePlans());
    const ready = await until(() => this.stopped() || redis.replicasFollow(), { withinMs: SETTLE_WITHIN_MS });
    if (!ready) throw new LauncherError('The Redis replicas do not follow their primary; see redis-*.log.');
    await this.launch(redis.sentinelPlans());
    const elects = await until(() => this.stopped() || redis.canElect(), { withinMs: SETTLE_WITHIN_MS });
    if (!elects) throw new LauncherError('The Sentinels do not find one another; see sentinel-*.log.');
    const single = `1 node (${ids.redis.join()})`;
    done(
      'Redis',
      ids.sentinels.length === 0 ? single : `primary ${redis.watch.primary}, 2 replicas, 3 sentinels`,
    );
  }

  private async startPostgres(): Promise<void> {
    const { programs, done } = this.parts;
    await this.launch([postgresPlan(this.cluster)]);
    const names = SERVICES.map((app) => `holdfast_${app}`);
    await Promise.all(
      SERVICES.map((app) =>
        programs.migrate(this.databaseUrl(app), join(programs.root, 'apps', app, 'migrations')),
      ),
    );
    done('Postgres', `${names.join(', ')} migrated`);
  }

  private async startAll(what: string, plans: ProcessPlan[]): Promise<void> {
    const started = await this.launch(plans);
    this.parts.done(what, started.flatMap(({ members }) => [...members.keys()].sort()).join(', '));
  }

  private async launch(plans: readonly ProcessPlan[]): Promise<ManagedProcess[]> {
    if (this.stopped()) throw new LauncherError('Stopped before all had started.');
    const started = plans.map((plan) => new ManagedProcess(plan, this.host));
    this.processes.push(...started);
    await Promise.all(started.map((each) => each.start()));
    return started;
  }

  private stopped(): boolean {
    return this.state === 'stopping';
  }

  private databaseUrl(app: AppName): string {
    return postgresUrl(this.cluster, `holdfast_${app}`);
  }

  private appsLayout(): AppsLayout {
    const { programs, home } = this.parts;
    const folder = join(programs.root, 'apps');
    const variables = new Map(([...SERVICES, 'gateway'] as const).map((app) => [app, this.variablesOf(app)]));
    for (const [app, each] of variables) {
      if (!existsSync(join(folder, app, 'dist', 'main.js'))) {
        throw new LauncherError(`${app} is not built: run "npm run build", then start again.`);
      }
      writeEnvFile(home, app, each);
    }
    return {
      folder,
      workingDirectory: programs.root,
      cache: home.cache,
      variables: (app) => variables.get(app) ?? {},
    };
  }

  private variablesOf(app: AppName): Readonly<Record<string, string>> {
    const { settings, secrets, source, ports, ids, home } = this.parts;
    const redis: EnvironmentSource['redis'] =
      source.kind === 'url'
        ? { url: source.url }
        : ids.sentinels.length > 0
          ? { sentinelPorts: ids.sentinels.map((id) => ports[id] ?? 0) }
          : { url: `redis://127.0.0.1:${ports[ids.redis[0] ?? ''] ?? 0}` };
    const databaseUrl = (name: AppName): string => this.databaseUrl(name);
    const { url } = this;
    const { outbox } = home;
    return appVariables(app, { settings, secrets, url, outbox, redis, databaseUrl }, process.env);
  }

  private roleOf(id: string): ProcessRole {
    if (id.startsWith('redis-')) return id === this.redis?.watch.primary ? 'redis-primary' : 'redis-replica';
    if (id.startsWith('sentinel-')) return 'redis-sentinel';
    return (id.split('-')[0] ?? id) as ProcessRole;
  }

  private publish(): void {
    if (this.state !== 'running') return;
    const { home, secrets, say } = this.parts;
    const { processes, adminEmail: email } = this.summary();
    const admin = { email, password: secrets.adminPassword };
    try {
      writeRunFile(home, { gateway: { url: this.url }, admin, processes });
      this.diskFull = false;
    } catch (error) {
      if (!this.diskFull)
        say(`run.json could not be written: ${error instanceof Error ? error.message : String(error)}`);
      this.diskFull = true;
    }
  }
}
