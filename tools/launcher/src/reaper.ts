import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endProcesses, type OwnedProcess } from './end-processes.js';

/** What the owner tells the reaper, one JSON document a line. */
export type ReaperOrder = { add: OwnedProcess } | { remove: number } | { thenDelete: string };

const GRACE_MS = 3_000;
const owned = new Map<number, OwnedProcess>();
const toDelete = new Set<string>();

function obey(order: ReaperOrder): void {
  if ('add' in order) owned.set(order.add.pid, order.add);
  else if ('remove' in order) owned.delete(order.remove);
  else toDelete.add(order.thenDelete);
}

function deleteAll(): void {
  for (const path of toDelete) rmSync(path, { force: true, recursive: true });
}

// It outlives whatever ends its owner; only the end of the pipe, which no `kill -9` can withhold, ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) obey(JSON.parse(line) as ReaperOrder);
if (owned.size > 0) {
  // Before: nobody shall read of a platform that is ending. After: what a server wrote while it ended.
  deleteAll();
  await endProcesses([...owned.values()], GRACE_MS);
  deleteAll();
}
