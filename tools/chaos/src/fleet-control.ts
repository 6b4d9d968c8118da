import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiClient,
  askRedis,
  MASTER_NAME,
  processesOf,
  readRunFile,
  type Answer,
  type FleetProcess,
  type RunFile,
} from '@holdfast/fleet-client';
import { electedPrimary, layoutOf, replicationOf } from '@holdfast/store-ops';

const WHOLE_WITHIN_MS = 90_000;
const BACK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
// Sentinel forgets only slowly that a node was down: killed again at once, a healthy primary may be deposed.
const REST_MS = 6_000;

/** The running platform, to be hurt: its processes as they are at each moment. */
export class FleetControl {
  private readonly standingStill = new Set<number>();

  /** `home`: the `.holdfast` folder of the platform. */
  constructor(readonly home: string) {}

  /** The run file as it is now. */
  async run(): Promise<RunFile> {
    const run = await readRunFile(this.home);
    if (run === undefined) throw new Error(`no platform runs in ${this.home}`);
    return run;
  }

  /** A client of the gateway. */
  async gateway(onAnswer?: (answer: Answer) => void): Promise<ApiClient> {
    return new ApiClient((await this.run()).gateway.url, onAnswer);
  }

  /** Every Redis data node. */
  async dataNodes(): Promise<readonly FleetProcess[]> {
    return this.processes('redis-primary', 'redis-replica');
  }

  /** The processes of some roles. */
  async processes(...roles: readonly FleetProcess['role'][]): Promise<readonly FleetProcess[]> {
    const run = await this.run();
    return roles.flatMap((role) => processesOf(run, role));
  }

  /** The data node that the Sentinels name and that answers as primary; `undefined` while there is none. */
  async primary(): Promise<FleetProcess | undefined> {
    const run = await this.run();
    const elected = await electedPrimary(layoutOf(run));
    return run.processes.find(({ id }) => id === elected?.id);
  }

  /** The primary, and the nodes that follow it. Where the Sentinels of a busy machine are electing one, it is waited for. */
  async dataRoles(): Promise<{ primary: FleetProcess; replicas: readonly FleetProcess[] }> {
    let primary = await this.primary();
    for (const deadlineAt = performance.now() + WHOLE_WITHIN_MS; primary === undefined;) {
      if (performance.now() > deadlineAt) throw new Error('the store has no primary');
      await sleep(LOOK_EVERY_MS);
      primary = await this.primary();
    }
    const { id: primaryId } = primary;
    const replicas = (await this.dataNodes()).filter(({ id }) => id !== primaryId);
    return { primary, replicas };
  }

  /** `kill -9`. */
  kill(...processes: readonly { readonly pid: number }[]): void {
    for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  }

  /** Waits until a process that was ended runs again under its id. */
  async backAgain({ id, pid }: FleetProcess): Promise<void> {
    const deadlineAt = performance.now() + BACK_WITHIN_MS;
    const isBack = (each: FleetProcess): boolean => each.id === id && each.pid !== pid;
    while (!(await this.run()).processes.some(isBack)) {
      if (performance.now() > deadlineAt) throw new Error(`${id} does not come back`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Makes processes stand still: they accept connections and answer nothing. */
  hang(...processes: readonly { readonly pid: number }[]): void {
    for (const { pid } of processes) {
      if (signal(pid, 'SIGSTOP')) this.standingStill.add(pid);
    }
  }

  /** Lets go on whatever stands still. */
  wake(): void {
    for (const pid of this.standingStill) signal(pid, 'SIGCONT');
    this.standingStill.clear();
  }

  /** Waits until a primary has all the others as followers and the Sentinels see nothing wrong, and a rest after that. */
  async whole(restMs = REST_MS): Promise<void> {
    const deadlineAt = performance.now() + WHOLE_WITHIN_MS;
    let wellSince: number | undefined;
    while (wellSince === undefined || performance.now() - wellSince < restMs) {
      if (performance.now() > deadlineAt) throw new Error('the store does not become whole again');
      wellSince = (await this.isWell()) ? (wellSince ?? performance.now()) : undefined;
      await sleep(LOOK_EVERY_MS);
    }
  }

  private async isWell(): Promise<boolean> {
    const [primary, nodes, sentinels] = await Promise.all([
      this.primary(),
      this.dataNodes(),
      this.processes('redis-sentinel'),
    ]);
    if (primary === undefined) return false;
    const followers = (await replicationOf(primary.port))?.followers;
    const quorums = await Promise.all(
      sentinels.map(({ port }) => askRedis(port, `SENTINEL ckquorum ${MASTER_NAME}`)),
    );
    return followers === nodes.length - 1 && quorums.every((answer) => answer?.startsWith('+OK') === true);
  }
}

/** `false` where it has ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
