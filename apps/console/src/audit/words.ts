import { shortReason } from '../session/why-ended.js';
import type { ActivityEvent, Anomaly } from './contracts.js';

const WORDS: Readonly<Record<ActivityEvent['type'], string>> = {
  'sign-in': 'Signed in',
  'step-up': 'Confirmed who it is',
  'account-registered': 'Account created',
  'account-disabled': 'Account disabled',
  'account-enabled': 'Account enabled',
  'roles-changed': 'Roles changed',
  'password-changed': 'Password changed',
  'password-reset-requested': 'Password reset asked for',
  'password-reset': 'Password reset',
  'second-factor-on': 'Second factor turned on',
  'second-factor-off': 'Second factor turned off',
  'recovery-codes-renewed': 'Recovery codes renewed',
  'session-ended': 'Session ended',
  'sessions-ended': 'Sessions ended',
  'keys-rotated': 'Signing key rotated',
  'admin-action': 'Administrator acted',
  anomaly: 'Anomaly found',
  'events-lost': 'Events lost',
  'trail-pruned': 'Trail pruned',
  'session-begun': 'Session begun',
  'session-refreshed': 'Session refreshed',
  'session-touched': 'Session used',
};

/** The types by which the trail may be filtered. */
export const AUDIT_TYPES: readonly string[] = Object.keys(WORDS);

/** What an event was, in words. */
export function eventWords({ type, endedBecause }: Pick<ActivityEvent, 'type' | 'endedBecause'>): string {
  // A newer platform may tell of what this page, loaded before, does not know.
  const words = (WORDS as Readonly<Record<string, string>>)[type] ?? type;
  const why = endedBecause === undefined ? '' : `: ${shortReason(endedBecause)}`;
  return words + why;
}

/** The detectors, in words. */
export const DETECTOR_WORDS: Readonly<Record<Anomaly['detector'], string>> = {
  'refresh-reuse': 'A refresh token was used twice',
  'stuffing-account': 'Many wrong passwords for one account',
  'stuffing-address': 'Many wrong passwords from one address',
  'stuffing-spread': 'Wrong passwords from many addresses',
  'session-moved': 'A session changed network and client at once',
  'too-many-sessions': 'More sessions than people have devices',
  'guest-burst': 'A burst of guests',
  'impossible-rate': 'Requests faster than a person',
};
