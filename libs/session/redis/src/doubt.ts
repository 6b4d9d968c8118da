import type { BeliefState } from './belief.js';

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
