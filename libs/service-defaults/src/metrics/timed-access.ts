import type { Access } from '@holdfast/session-redis';
import type { Registry } from 'prom-client';
import { Durations } from './hot-metrics.js';

/** A way to the session store whose answers are timed: each try by itself, and not what was waited between tries. */
export function timedAccess(access: Access, registry: Registry): Access {
  const durations = new Durations({
    name: 'holdfast_session_store_duration_seconds',
    help: 'How long the session store took to answer, or to fail, by operation',
    registry,
  });
  const timed = <T>(operation: 'ask' | 'write', act: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const end = (outcome: 'answered' | 'failed') => () =>
      durations.series({ operation, outcome }).observe(performance.now() - startedAt);
    const answer = act();
    answer.then(end('answered'), end('failed'));
    return answer;
  };
  return {
    ask: (question) => timed('ask', () => access.ask(question)),
    write: (script, key, args) => timed('write', () => access.write(script, key, args)),
    get awayMs() {
      return access.awayMs;
    },
    journalling: access.journalling,
    close: () => access.close(),
  };
}
