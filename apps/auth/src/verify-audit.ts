import { createPool } from '@holdfast/postgres';
import { readOrExit } from '@holdfast/service-defaults';
import { sql } from 'drizzle-orm';
import { AuditChain } from './audit/chain.js';
import { anchorsIn, report } from './audit/report.js';
import { CHAINS, verify } from './audit/verification.js';
import { readAuditAccess } from './config.js';
import { Database } from './db/database.js';

const PATIENCE_MS = 60_000;

// `--anchor security:4211:<hash>`, any number of them: ends that an earlier run, or auth's log, has told.
const anchors = anchorsIn(process.argv.slice(2));
const access = readOrExit(readAuditAccess);
const database = new Database(createPool(access.DATABASE_URL, { max: 1, patienceMs: PATIENCE_MS }));
const chain = new AuditChain(access.AUDIT_SECRET, access.AUDIT_SECRET_PREVIOUS);

await database.transaction(async (transaction) => {
  await transaction.execute(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`);
  for (const name of CHAINS) {
    const ofChain = anchors.filter((anchor) => anchor.chain === name);
    const verdict = await verify(transaction, chain, name, ofChain);
    process.stdout.write(report(name, verdict));
    if (verdict.state === 'broken') process.exitCode = 1;
  }
});
await database.pool.end();
