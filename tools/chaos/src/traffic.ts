import { openLoop, type Load, type LoadReport } from '@holdfast/fleet-client';
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

/** Traffic under way. */
export interface Traffic {
  /** Sends no more, waits for every answer, and reports by kind. */
  stop(): Promise<Readonly<Record<Kind, LoadReport>>>;
}

/** Lets the crowd loose. */
export function startTraffic(crowd: Crowd): Traffic {
  const load = (kind: Kind, send: (index: number) => Promise<string | undefined>): Load =>
    openLoop(RATES[kind], send);
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
    async stop() {
      const entries = Object.entries(loads).map(async ([kind, each]) => [kind, await each.stop()] as const);
      return Object.fromEntries(await Promise.all(entries)) as Record<Kind, LoadReport>;
    },
  };
}
