import { createHash } from 'node:crypto';
import { IDEMPOTENCY_WINDOW_MS, type Order } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { Database, type Executor } from '../db/database.js';
import { idempotencyKeys } from '../db/schema.js';

/** A key of a user and what it came with. */
export interface KeyedRequest {
  readonly userId: string;
  readonly key: string;
  /** Of the validated body: see `bodyHashOf`. */
  readonly bodyHash: string;
}

/** What a key has done within its window. */
export interface KeyRecord {
  readonly bodyHash: string;
  readonly orderId: string;
  readonly response: Order;
}

const windowBegin = sql`clock_timestamp() - ${IDEMPOTENCY_WINDOW_MS} * interval '1 millisecond'`;

/** Keys and the orders that they made; a key belongs to a user and is remembered for 24 h. */
@Injectable()
export class IdempotencyKeys {
  constructor(private readonly database: Database) {}

  async find({ userId, key }: KeyedRequest, executor: Executor): Promise<KeyRecord | undefined> {
    const sameKey = and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key));
    const [found] = await executor
      .select()
      .from(idempotencyKeys)
      .where(and(sameKey, gt(idempotencyKeys.createdAt, windowBegin)));
    return found;
  }

  /** Remembers what a key did. A key whose window is over begins a new one. */
  async remember(request: KeyedRequest, response: Order, executor: Executor): Promise<void> {
    const made = {
      bodyHash: request.bodyHash,
      orderId: response.id,
      response,
      createdAt: sql`clock_timestamp()`,
    };
    await executor
      .insert(idempotencyKeys)
      .values({ userId: request.userId, key: request.key, ...made })
      .onConflictDoUpdate({ target: [idempotencyKeys.userId, idempotencyKeys.key], set: made });
  }

  /** Deletes keys whose window is over. */
  async forgetExpired(): Promise<void> {
    await this.database.orm.delete(idempotencyKeys).where(lte(idempotencyKeys.createdAt, windowBegin));
  }
}

/** SHA-256 of a validated body: no body and an empty one are the same request, and so is another order of members. */
export function bodyHashOf(body: object): string {
  const sorted = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
