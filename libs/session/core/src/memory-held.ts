import type { Rotation } from './rotation-policy.js';
import type { SessionRecord } from './session.js';
import type { VersionedData } from './session-store.js';

/** A live session as the memory store holds it. */
export interface Held {
  record: SessionRecord;
  lastSeenAt: number;
  /** Sessions that have cookies have none. */
  rotation?: Rotation;
  readonly data: Map<string, Written>;
}

/** One namespace of it. */
interface Written {
  readonly version: number;
  readonly json: string;
}

/** What a namespace holds. */
export function decode({ version, json }: Written): VersionedData {
  return { version, value: JSON.parse(json) as unknown };
}
