import { AuditStream } from '@holdfast/service-defaults';
import { asc } from 'drizzle-orm';
import { Keeper } from '../audit/keeper.js';
import type { AuditRow } from '../audit/chain.js';
import { auditEvents } from '../db/schema.js';
import type { AuthServiceUnderTest } from './auth-service.js';

/** Everything that was told so far is in the trail, and looked at, when this resolves. */
export async function trailKept({ instances }: Pick<AuthServiceUnderTest, 'instances'>): Promise<void> {
  for (const { app } of instances) await app.get(AuditStream, { strict: false }).flush();
  // The second round seals what the first one found.
  for (let round = 0; round < 2; round += 1)
    for (const { app } of instances) await app.get(Keeper, { strict: false }).work();
}

/** The trail as it is in Postgres, oldest first. */
export async function rawTrail(
  service: Pick<AuthServiceUnderTest, 'instances' | 'database'>,
): Promise<readonly AuditRow[]> {
  await trailKept(service);
  return service.database.orm.select().from(auditEvents).orderBy(asc(auditEvents.position));
}
