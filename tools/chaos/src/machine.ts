import { availableParallelism } from 'node:os';
import { askRedis } from '@holdfast/fleet-client';
import type { Machine } from './document.js';
import { FleetControl } from './fleet-control.js';

/** Takes a line for whoever watches. */
export type Say = (line: string) => void;

/** The machine that the platform of `home` runs on. */
export async function machineOf(home: string): Promise<Machine> {
  const [node] = await new FleetControl(home).dataNodes();
  const info = (await askRedis(node?.port ?? 0, 'INFO server')) ?? '';
  const redis = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of an unknown version';
  return { cores: availableParallelism(), node: process.versions.node, redis };
}
