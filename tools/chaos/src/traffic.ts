import { openLoop, type Load, type LoadReport } from '@holdfast/fleet-client';
import { Calm } from './calm.js';
import type { Crowd } from './crowd.js';

/** What the crowd does. */
export type Kind = 'read' | 'profile' | 'add' | 'refresh' | 'sign-in' | 'logout' | 'knock';

/** How often a second, each at its own steady rate whatever is answered. */
export const RATES: Readonly<Record<Kind, number>> = {
  read: 60,
  profile: 20,
  add: 30,
  refresh: 8,
  'sign-in': 3,
  logout: 2,
  knock: 5,
};

/** All of them together. */
export const REQUESTS_PER_SECOND = Object.values(RATES).reduce((sum, rate) => sum + rate, 0);

// The rarest kind comes twice a second.
const CALM = { quietMs: 3_000, freshMs: 1_500 };

/** Traffic under way. */
export interface Traffic {
  /** Sends no more, waits for every answer, and reports by kind. */
  stop(): Promise<Readonly<Record<Kind, LoadReport>>>;
  /** Whether everything works at this moment, and has for a while. */
  isCalm(): boolean;
}

/** Lets the crowd loose. */
export function startTraffic(crowd: Crowd): Traffic {
  const calm = new Calm(Object.keys(RATES) as Kind[], CALM);
  const load = (kind: Kind, send: (index: number) => Promise<string | undefined>): Load =>
    openLoop(RATES[kind], async (index) => {
      const reason = await send(index);
      calm.note(kind, reason !== undefined, performance.now());
      return reason;
    });
  const loads: Readonly<Record<Kind, Load>> = {
    read: load('read', (index) => crowd.read(index)),
    profile: load('profile', (index) => crowd.profile(index)),
    add: load('add', () => crowd.add()),
    refresh: load('refresh', () => crowd.refresh()),
    'sign-in': load('sign-in', () => crowd.signIn()),
    logout: load('logout', () => crowd.logOut()),
    knock: load('knock', (index) => crowd.knock(index)),
  };
  return {
    isCalm: () => calm.isAt(performance.now()),
    async stop() {
      const entries = Object.entries(loads).map(async ([kind, each]) => [kind, await each.stop()] as const);
      return Object.fromEntries(await Promise.all(entries)) as Record<Kind, LoadReport>;
    },
  };
}
