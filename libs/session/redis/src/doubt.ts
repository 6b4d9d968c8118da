import { NotBelievedError } from './access.js';

/**
 * `fresh`: the primary is believed. `suspect`: it answers, but nobody confirms it, or it has not been reconciled.
 * `dark`: it does not answer.
 */
export type BeliefState = 'fresh' | 'suspect' | 'dark';

/** Why there is no lease. */
export interface Doubt {
  readonly state: Exclude<BeliefState, 'fresh'>;
  readonly reason: string;
}

/** Redis' own refusals come from something that lives: a replica, a primary without replicas, one that is loading. */
export function doubtOf(error: unknown): Doubt {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const isAnswer = ['ReplyError', 'NotReplicatedError', 'ReplacedError'].includes(name);
  return { state: isAnswer ? 'suspect' : 'dark', reason: message };
}

/** No beat confirms it. */
export function notBelieved({ reason }: Doubt): NotBelievedError {
  return new NotBelievedError(reason);
}

/** Another one is confirmed. */
export function elsewhere(): NotBelievedError {
  return new NotBelievedError('The connection is on another server than the one that is confirmed.');
}

/** It may have been answered by who knows whom. */
export function lost(): NotBelievedError {
  return new NotBelievedError('The connection was lost.');
}
