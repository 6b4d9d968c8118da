import { askRedis, converse } from '@holdfast/fleet-client';

/**
 * Cuts the connections of a node's clients. Not those of its Sentinels: one that has just connected again waits a second
 * before it does so once more, hears nothing of the new primary meanwhile, takes it for dead and deposes it.
 */
export async function sendClientsAway(port: number): Promise<void> {
  const lists = [
    await askRedis(port, 'CLIENT LIST TYPE normal'),
    await askRedis(port, 'CLIENT LIST TYPE pubsub'),
  ];
  const ids = lists.flatMap((list) => clientsOf(list ?? ''));
  if (ids.length > 0)
    await converse(
      port,
      ids.map((id) => `CLIENT KILL ID ${id}`),
    );
}

/** The ids in an answer to `CLIENT LIST`, the Sentinels' left out. */
export function clientsOf(list: string): readonly string[] {
  return [...list.matchAll(/^(?:\$\d+\r\n)?id=(\d+) .*? name=(\S*) /gm)].flatMap(([, id = '', name = '']) =>
    name.startsWith('sentinel-') ? [] : [id],
  );
}
