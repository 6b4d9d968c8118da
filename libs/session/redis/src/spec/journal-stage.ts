import { RedisServer, TcpProxy } from '@holdfast/session-testing';
import type { RoutePolicy } from '@holdfast/session-core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from '../create-redis.js';
import { JOURNAL_KEY, RECON_KEY } from '../recon-scripts.js';
import { markReconciled } from '../reconciler.js';
import { eventually } from './eventually.js';
import { Member, type MemberOptions } from './member.js';
import { openSideDoor } from './side-door.js';

/** The ways of one member to its server. */
export interface Ways {
  readonly read: TcpProxy;
  readonly write: TcpProxy;
  readonly journal: TcpProxy;
  readonly general: TcpProxy;
}

/** What a member answers of a session. */
export interface Seen {
  readonly state: string;
  /** At once, without asking anybody. */
  readonly isNear: boolean;
}

/** One Redis with a journal, and members each of whose links can be disturbed. */
export class JournalStage {
  readonly #members: Member[] = [];
  readonly #proxies: TcpProxy[] = [];

  private constructor(
    readonly server: RedisServer,
    /** Past everything. */
    readonly redis: Redis,
  ) {}

  /** `isBegun: false`: nobody has reconciled it yet. */
  static async open({ isBegun = true } = {}): Promise<JournalStage> {
    const server = await RedisServer.start();
    const redis = openSideDoor(server.url);
    if (isBegun) await markReconciled(redis);
    return new JournalStage(server, redis);
  }

  /** A member that keeps sessions near, and is fresh. */
  async member(options: MemberOptions = {}): Promise<Member> {
    const member = this.add(options);
    await member.stands('fresh');
    return member;
  }

  /** As it is at its start. */
  add(options: MemberOptions = {}): Member {
    const at = { url: this.server.url };
    const member = new Member(at, { durability: 'local', isNear: true, ...options });
    this.#members.push(member);
    return member;
  }

  async ways(port: number = this.server.port): Promise<Ways> {
    const open = async (): Promise<TcpProxy> => {
      const proxy = await TcpProxy.to(port);
      this.#proxies.push(proxy);
      return proxy;
    };
    return { read: await open(), write: await open(), journal: await open(), general: await open() };
  }

  /** A member that is fresh, and its ways. */
  async reached(options: MemberOptions = {}): Promise<readonly [Member, Ways]> {
    const ways = await this.ways();
    return [await this.member({ links: ways, ...options }), ways];
  }

  /** The term that the data set is in. */
  async term(): Promise<number> {
    return Number(await this.redis.hget(RECON_KEY, 'term'));
  }

  /** All ids of the journal. */
  async entryIds(): Promise<readonly string[]> {
    return (await this.redis.xrange(JOURNAL_KEY, '-', '+')).map(([id]) => id);
  }

  async close(): Promise<void> {
    for (const proxy of this.#proxies) proxy.release();
    await Promise.all(this.#members.map((member) => member.close()));
    for (const proxy of this.#proxies) proxy.close();
    this.redis.disconnect();
    await this.server.dispose();
  }
}

/** What a member answers of a session. Rejects where it cannot tell. */
export async function seen(member: Member, sessionId: string, policy: RoutePolicy = 'read'): Promise<Seen> {
  const answer = member.near.confirm(sessionId, policy);
  const { found } = await answer;
  return { state: found.state, isNear: !(answer instanceof Promise) };
}

/** Whether it serves a session at once, as live, without asking anybody. */
export function serves(member: Member, sessionId: string): boolean {
  const answer = member.near.confirm(sessionId, 'critical');
  if (!(answer instanceof Promise)) return answer.found.state === 'live';
  answer.catch(() => undefined);
  return false;
}

/** Until a member has a session near. */
export async function keeps(member: Member, sessionId: string): Promise<void> {
  await eventually(async () => {
    const answer = await seen(member, sessionId);
    if (!answer.isNear || answer.state !== 'live') throw new Error(`It is ${answer.state}.`);
  });
}

/**
 * When a member was asked for the last time until `until` and served a session as live, at once or after it had asked
 * itself, by `performance.now()`; 0 if it never did. Not when its answer came: that is later on a busy machine.
 */
export async function lastServed(member: Member, sessionId: string, until: number): Promise<number> {
  let lastAt = 0;
  const asking: Promise<void>[] = [];
  for (; performance.now() < until; await sleep(2)) {
    const now = performance.now();
    const answer = member.near.confirm(sessionId, 'critical');
    if (answer instanceof Promise)
      asking.push(
        answer.then(
          ({ found }) => {
            if (found.state === 'live') lastAt = Math.max(lastAt, now);
          },
          () => undefined,
        ),
      );
    else if (answer.found.state === 'live') lastAt = now;
  }
  await Promise.all(asking);
  return lastAt;
}
