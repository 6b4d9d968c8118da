import { askRedis } from '@holdfast/fleet-client';

/** Where a data node stands in the replication, by its own `INFO replication`. */
export interface Replication {
  readonly role: 'master' | 'slave';
  /** The history that it belongs to; offsets compare only within one. */
  readonly historyId: string;
  /** How far it is in that history, in bytes. */
  readonly offset: number;
  /** Whether it hears its primary; `true` for a primary. */
  readonly linkUp: boolean;
  /** How many replicas hear it. */
  readonly followers: number;
}

/** Reads the answer of `INFO replication`; `undefined` if it is none. */
export function parseReplication(info: string): Replication | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const role = field('role');
  if (role !== 'master' && role !== 'slave') return undefined;
  return {
    role,
    historyId: field('master_replid') ?? '',
    offset: Number(field(role === 'master' ? 'master_repl_offset' : 'slave_repl_offset') ?? Number.NaN),
    linkUp: role === 'master' || field('master_link_status') === 'up',
    followers: (info.match(/^slave\d+:.*state=online/gm) ?? []).length,
  };
}

/** Asks a data node; `undefined` if it does not answer. */
export async function replicationOf(port: number): Promise<Replication | undefined> {
  const info = await askRedis(port, 'INFO replication');
  return info === undefined ? undefined : parseReplication(info);
}

/** Whether a replica holds everything that the primary had written when it was asked, if it was asked first. */
export function hasAllOf(primary: Replication, replica: Replication | undefined): boolean {
  return (
    replica?.role === 'slave' && replica.historyId === primary.historyId && replica.offset >= primary.offset
  );
}
