import type { EndedBecause } from '../api/contracts.js';

/** What a reason means to the person who was signed out. */
export interface Explanation {
  readonly title: string;
  readonly text: string;
  /** Something may be wrong: it is said in another tone. */
  readonly isAlarming: boolean;
}

const EXPLANATIONS: Readonly<Record<EndedBecause, Explanation>> = {
  idle: {
    title: 'You were away for a while',
    text: 'Nobody used this session, so it was closed to keep your account safe. Nothing you did is lost.',
    isAlarming: false,
  },
  expired: {
    title: 'It was time to sign in again',
    text: 'Every session has an end, however much it is used. Nothing you did is lost.',
    isAlarming: false,
  },
  logout: {
    title: 'You signed out',
    text: 'This session was ended from this browser, or by “Sign out everywhere” on another one.',
    isAlarming: false,
  },
  revoked: {
    title: 'Your session was ended from elsewhere',
    text: 'You, on another device, or an administrator ended this session. If that was not you, change your password.',
    isAlarming: true,
  },
  'password-changed': {
    title: 'Your password was changed',
    text: 'All other sessions end when a password changes. If you did not change it, reset it now.',
    isAlarming: true,
  },
  'account-disabled': {
    title: 'This account is disabled',
    text: 'An administrator has disabled it, and every session of it has ended. Ask them why.',
    isAlarming: true,
  },
  replaced: {
    title: 'A newer session took the place of this one',
    text: 'You signed in again, or on so many devices that the least active one had to give way.',
    isAlarming: false,
  },
  'token-reuse': {
    title: 'Somebody may have copied your session',
    text: 'An old refresh token was used a second time. To be safe, the session was ended for both. Change your password if you did not expect this.',
    isAlarming: true,
  },
};

/** Explains why a session ended. */
export function whyEnded(because: EndedBecause): Explanation {
  // A newer platform may have reasons that this page, loaded before, does not know.
  const known = EXPLANATIONS[because] as Explanation | undefined;
  return (
    known ?? { title: 'Your session has ended', text: `The reason given is “${because}”.`, isAlarming: false }
  );
}

const SHORT: Readonly<Record<EndedBecause, string>> = {
  idle: 'was idle',
  expired: 'ran out',
  logout: 'signed out',
  revoked: 'ended from elsewhere',
  'password-changed': 'password changed',
  'account-disabled': 'account disabled',
  replaced: 'gave way to a newer one',
  'token-reuse': 'token used twice',
};

/** The reason in a word or two, for a list. */
export function shortReason(because: EndedBecause): string {
  return (SHORT as Readonly<Record<string, string>>)[because] ?? because;
}
