import { converse, MASTER_NAME } from '@holdfast/fleet-client';

const PING_EVERY_MS = 200;
const DOWN_AFTER_MS = 500;

/**
 * Has a Sentinel notice a dead primary in half a second; `true` once it answers. By itself it tries a lost connection
 * once a second only, so that with so little patience it would take a primary for dead that it has just promoted, and
 * whose connections it has cut itself. So the pause is shortened first; a Sentinel that cannot do that (before Redis 7)
 * keeps the patience of its configuration. Neither is kept over a restart, hence at each start.
 */
export async function hastenSentinel(port: number): Promise<boolean> {
  const pinged = await converse(port, ['PING', `SENTINEL DEBUG ping-period ${PING_EVERY_MS}`]);
  if (!pinged?.startsWith('+PONG')) return false;
  if (!pinged.includes('+OK')) return true;
  const set = `SENTINEL SET ${MASTER_NAME} down-after-milliseconds ${DOWN_AFTER_MS}`;
  return (await converse(port, [set]))?.startsWith('+OK') === true;
}
