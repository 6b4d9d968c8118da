import type { BalancerChange } from '../api/platform.js';

/** The policies by which instances may be chosen, in a word or two. */
export const POLICIES: Readonly<Record<BalancerChange['policy'], string>> = {
  'round-robin': 'in turn',
  weighted: 'in turn, by weight',
  'least-request': 'the least busy',
  p2c: 'the less busy of two',
  'p2c-ewma': 'the quicker of two',
  rendezvous: 'the same for a session',
};

type Changeable = NonNullable<BalancerChange['service']>;

const CHANGEABLE: readonly string[] = ['auth', 'user', 'order'] satisfies readonly Changeable[];

/** Whether this service's policy can be changed while the gateway runs: those of one's own keep theirs. */
export function isChangeable(name: string): name is Changeable {
  return CHANGEABLE.includes(name);
}
