import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditChainName } from '@holdfast/service-defaults';
import { decodeSecret, deriveKey } from '@holdfast/session-core';
import type { auditEvents } from '../db/schema.js';

const KEY_ID_CHARACTERS = 8;

/** A row of the trail. */
export type AuditRow = typeof auditEvents.$inferSelect;
/** A row before its hash. */
export type UnsealedRow = Omit<AuditRow, 'keyId' | 'hash'>;

/** The end of a chain, or of what is gone of it. */
export interface ChainLink {
  readonly sequence: number;
  readonly hash: string;
}

/** What a chain begins with. */
export const GENESIS: ChainLink = Object.freeze({ sequence: 0, hash: '' });

/**
 * Seals rows, each over the hash of the one before it: HMAC-SHA256 under a key that Postgres has not, so that whoever
 * changes, removes or reorders rows cannot make the rest fit. Older secrets still check what they sealed.
 */
export class AuditChain {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #keyId: string;

  /**
   * @param secret - `AUDIT_SECRET`
   * @param previous - `AUDIT_SECRET_PREVIOUS`
   */
  constructor(secret: string, previous: readonly string[] = []) {
    const keys = [secret, ...previous].map((each) => {
      const key = deriveKey(decodeSecret(each, 'AUDIT_SECRET'), 'audit-chain');
      return [createHash('sha256').update(key).digest('hex').slice(0, KEY_ID_CHARACTERS), key] as const;
    });
    this.#keys = new Map(keys);
    this.#keyId = keys[0]?.[0] ?? '';
  }

  /** The row that follows in its chain. */
  seal(before: ChainLink, row: UnsealedRow): AuditRow {
    const keyId = this.#keyId;
    return { ...row, keyId, hash: this.#mac(keyId, textOf(before, row)) ?? '' };
  }

  /** Whether a row is what was sealed after `before`. */
  holds(before: ChainLink, row: AuditRow): boolean {
    return isSame(this.#mac(row.keyId, textOf(before, row)), row.hash);
  }

  /** What proves that a chain may begin after `end`: everything up to it was pruned by who has the key. */
  checkpoint(chain: AuditChainName, end: ChainLink): { readonly keyId: string; readonly mac: string } {
    const keyId = this.#keyId;
    return { keyId, mac: this.#mac(keyId, checkpointText(chain, end)) ?? '' };
  }

  /** Whether a checkpoint is one of ours. */
  holdsCheckpoint(chain: AuditChainName, end: ChainLink & { readonly keyId: string; readonly mac: string }) {
    return isSame(this.#mac(end.keyId, checkpointText(chain, end)), end.mac);
  }

  /** `undefined` without that key. */
  #mac(keyId: string, text: string): string | undefined {
    const key = this.#keys.get(keyId);
    return key && createHmac('sha256', key).update(keyId).update(text).digest('base64url');
  }
}

/** All of a row but its hash, in one order, whatever order the database has it in. */
function textOf({ hash: before }: ChainLink, row: UnsealedRow): string {
  const { occurredAt, recordedAt, detail } = row;
  return JSON.stringify([
    'event v1',
    before,
    ...[row.chain, row.sequence, row.position, row.eventId, row.type, row.outcome],
    ...[occurredAt.getTime(), recordedAt.getTime(), row.userId, row.actorId, row.sessionId],
    ...[row.endedBecause, row.ip, row.userAgent, row.requestId, row.traceId],
    detail && Object.entries(detail).sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);
}

function checkpointText(chain: AuditChainName, { sequence, hash }: ChainLink): string {
  return JSON.stringify(['checkpoint v1', chain, sequence, hash]);
}

function isSame(ours: string | undefined, theirs: string): boolean {
  if (ours === undefined) return false;
  const [one, other] = [Buffer.from(ours), Buffer.from(theirs)];
  return one.length === other.length && timingSafeEqual(one, other);
}
