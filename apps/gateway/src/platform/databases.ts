import type { Topology } from '@holdfast/contracts';
import type { Sighting } from '../supervisor/messages.js';

type Database = Topology['postgres'][number];

/** Who looks at a platform that is broken shall not wait for what is broken. */
const ANSWER_WITHIN_MS = 500;

/**
 * How each service stands to its Postgres: one of its instances is asked for its health, on behalf of the administrator
 * who wants to know, and with that one's credential. The gateway itself has no database, and no way to one.
 */
export function databases(
  services: ReadonlyMap<string, readonly Sighting[]>,
  authorization: string,
): Promise<Database[]> {
  return Promise.all(
    [...services].map(async ([service, instances]) => {
      const instance = instances.find(({ available }) => available) ?? instances[0];
      const state = instance ? await stateAt(instance.url, authorization) : 'unknown';
      return { service, askedAt: state === 'unknown' ? null : (instance?.id ?? null), state };
    }),
  );
}

async function stateAt(url: string, authorization: string): Promise<Database['state']> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(`${url}/healthz`, { headers: { authorization }, signal });
    const { details } = (await answer.json()) as { details?: { postgres?: { status?: string } } };
    const status = details?.postgres?.status;
    return status === 'up' || status === 'down' ? status : 'unknown';
  } catch {
    return 'unknown';
  }
}
