import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis, MASTER_NAME, type FleetProcess } from '@holdfast/fleet-client';
import type { Fault } from './fault.js';
import type { FleetControl } from './fleet-control.js';
import { localPortsTo } from './process-sockets.js';

const CUT_OFF_MS = 8_000;
const ELECTED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;
// What replicas and Sentinels need of a primary. Without it nobody can follow it, and nobody can depose it.
const CUT = 'ACL SETUSER default -psync -sync -replconf -replicaof -slaveof';
const HEAL = 'ACL SETUSER default +@all';

/**
 * The primary is cut off from the other nodes and cannot be told that it is none any more, while the clients that it has
 * stay with it. The second instance of each service is then sent away and finds the new primary: the platform is in two
 * worlds at once.
 */
export const minority: Fault = {
  name: 'minority',
  title: 'primary and one of each service in the minority for 8 s',
  recoversFrom: 'end',
  async strike(fleet) {
    const { primary } = await fleet.dataRoles();
    await expectOk(primary, CUT);
    try {
      await askRedis(primary.port, 'CLIENT KILL TYPE replica');
      await elect(fleet, primary);
      await sendAway(primary, await secondInstances(fleet));
      await sleep(CUT_OFF_MS);
    } finally {
      await expectOk(primary, HEAL);
    }
  },
};

async function expectOk({ id, port }: FleetProcess, command: string): Promise<void> {
  const answer = await askRedis(port, command);
  if (answer?.startsWith('+OK') !== true) throw new Error(`${id}: ${command}: ${answer ?? 'no answer'}`);
}

/** Has the others elect; resolves when the Sentinels name another. */
async function elect(fleet: FleetControl, old: FleetProcess): Promise<void> {
  const [sentinel] = await fleet.processes('redis-sentinel');
  await askRedis(sentinel?.port ?? 0, `SENTINEL FAILOVER ${MASTER_NAME}`);
  const deadlineAt = performance.now() + ELECTED_WITHIN_MS;
  for (;;) {
    const now = await fleet.primary();
    if (now !== undefined && now.id !== old.id) return;
    if (performance.now() > deadlineAt) throw new Error('the Sentinels elect nobody');
    await sleep(LOOK_EVERY_MS);
  }
}

async function secondInstances(fleet: FleetControl): Promise<readonly FleetProcess[]> {
  return (await fleet.processes('auth', 'user', 'order', 'gateway')).filter(({ id }) => id.endsWith('-2'));
}

/** Cuts every connection that these processes have to a node. */
async function sendAway({ port }: FleetProcess, processes: readonly FleetProcess[]): Promise<void> {
  const clients = processes.flatMap(({ pid }) => localPortsTo(port, pid));
  for (const client of clients) await askRedis(port, `CLIENT KILL ADDR 127.0.0.1:${client}`);
}
