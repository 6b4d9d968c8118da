import { setTimeout as sleep } from 'node:timers/promises';
import type { EndScope, Operation } from './checker/operation.js';
import type { Account, Client } from './client.js';
import type { HeldSession } from './held-session.js';
import type { Random } from './random.js';

const MOST_SESSIONS = 4;
const ENDED_KEPT = 12;
const PROBES = 3;
const END_TRIES = 10;
const END_PAUSE_MS = 300;
const PAUSE_MS = { least: 5, most: 90 };

/** How often a client does what, in relation to each other. */
const WEIGHTS = {
  read: 30,
  write: 16,
  add: 18,
  refresh: 5,
  'refresh twice': 3,
  'step up': 1,
  begin: 2,
  knock: 4,
  'end own': 2,
  'end one': 1,
  'end others': 0.6,
  'end everywhere': 0.5,
};

type Action = keyof typeof WEIGHTS;

/** One user with several sessions, which several lanes use at the same time. */
export class Customer {
  /** The sessions that it believes to be good. */
  readonly live: HeldSession[] = [];
  /** Those that were last ended with an acknowledgement. */
  readonly ended: HeldSession[] = [];

  constructor(
    private readonly account: Account,
    private readonly client: Client,
  ) {}

  /** One lane: does one thing after the other until `isOver`. */
  async act(random: Random, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.step(random);
      await sleep(random.between(PAUSE_MS.least, PAUSE_MS.most));
    }
  }

  /** Tries whether a session that was ended is accepted. */
  async knock(session: HeldSession, random: Random): Promise<void> {
    const way = random.weighted({ read: 4, write: 1, add: 1, refresh: 2 });
    if (way === 'refresh') await this.client.refresh(session, random);
    else await this.client[way](session, random);
  }

  private async step(random: Random): Promise<void> {
    const action = random.weighted(WEIGHTS);
    const session = random.pick(this.live);
    if (session === undefined || (action === 'begin' && this.live.length < MOST_SESSIONS)) {
      return this.begin(random);
    }
    if (session.isSpent) return this.end(session, 'own', random);
    if (session.needsRenewal && session.mayRefresh) return this.refresh(session, random, 1);
    return this.carryOut(action, session, random);
  }

  private async carryOut(action: Action, session: HeldSession, random: Random): Promise<void> {
    switch (action) {
      case 'write':
      case 'add':
        return this.learn(session, await this.client[action](session, random));
      case 'refresh':
      case 'refresh twice':
        return this.refresh(session, random, action === 'refresh' ? 1 : 2);
      case 'step up':
        if (!session.mayStepUp) break;
        return this.learn(session, await this.client.stepUp(session, this.account, random));
      case 'knock': {
        const ended = random.pick(this.ended);
        if (ended === undefined) break;
        return this.knock(ended, random);
      }
      case 'end own':
        return this.end(session, 'own', random);
      case 'end one':
        return this.end(session, 'one', random, random.pick(this.live));
      case 'end others':
        return this.end(session, 'others', random);
      case 'end everywhere':
        return this.end(session, 'everywhere', random);
      case 'read':
      case 'begin':
    }
    this.learn(session, await this.client.read(session, random));
  }

  private async begin(random: Random): Promise<void> {
    const session = await this.client.begin(this.account, random);
    if (session !== undefined) this.live.push(session);
  }

  private async refresh(session: HeldSession, random: Random, times: number): Promise<void> {
    if (!session.mayRefresh) return this.learn(session, await this.client.read(session, random));
    for (const operation of await this.client.refresh(session, random, times)) this.learn(session, operation);
  }

  /** Who is refused does not come back with that session. */
  private learn(session: HeldSession, { outcome, kind, code }: Operation): void {
    const isOver = outcome === 'refused' && kind !== 'refresh' && code !== 'ERR_RATE_LIMITED';
    if (isOver) this.forget([session]);
  }

  /** Asks until it is acknowledged or refused, and then knocks at once. */
  private async end(
    session: HeldSession,
    scope: EndScope,
    random: Random,
    target?: HeldSession,
  ): Promise<void> {
    const meant = this.meantBy(session, scope, target);
    this.forget(meant);
    for (let tries = 0; tries < END_TRIES; tries += 1) {
      const { outcome } = await this.client.end(session, scope, random, target);
      if (outcome === 'ok') return this.confirm(meant, random);
      // Over already, by somebody else's end: the others it leaves alone.
      if (outcome === 'refused') break;
      await sleep(END_PAUSE_MS);
    }
    this.live.push(...meant.filter((each) => each !== session && !this.ended.includes(each)));
    this.forget([session]);
  }

  private async confirm(ended: readonly HeldSession[], random: Random): Promise<void> {
    this.ended.push(...ended);
    this.ended.splice(0, this.ended.length - ENDED_KEPT);
    await Promise.all(ended.slice(0, PROBES).map((each) => this.knock(each, random)));
  }

  private meantBy(session: HeldSession, scope: EndScope, target?: HeldSession): readonly HeldSession[] {
    if (scope === 'own') return [session];
    if (scope === 'one') return target === undefined ? [] : [target];
    return this.live.filter((each) => scope === 'everywhere' || each !== session);
  }

  private forget(sessions: readonly HeldSession[]): void {
    for (const session of sessions) {
      const at = this.live.indexOf(session);
      if (at >= 0) this.live.splice(at, 1);
    }
  }
}
