import { askRedis } from './ask-redis.js';

/** The name under which Sentinels and clients know the fleet's primary. */
export const MASTER_NAME = 'holdfast';

/** What a Redis says that it is; `undefined` if it does not answer. */
export async function roleOf(port: number): Promise<'master' | 'slave' | undefined> {
  const role = /^role:(master|slave)/m.exec((await askRedis(port, 'INFO replication')) ?? '')?.[1];
  return role as 'master' | 'slave' | undefined;
}

/** The port that a Sentinel names as the primary's; `undefined` if it does not answer. */
export async function vote(sentinelPort: number): Promise<number | undefined> {
  const answer = await askRedis(sentinelPort, `SENTINEL get-master-addr-by-name ${MASTER_NAME}`);
  const port = /^\*2\r\n\$\d+\r\n[^\r]*\r\n\$\d+\r\n(\d+)\r\n/.exec(answer ?? '')?.[1];
  return port === undefined ? undefined : Number(port);
}

/** The port that more than half of those Sentinels name that answered; `undefined` if no port is. */
export function elected(votes: readonly number[]): number | undefined {
  return votes.find((port) => votes.filter((each) => each === port).length > votes.length / 2);
}
