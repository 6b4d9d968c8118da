import type { Access } from '@holdfast/session-redis';
import type { Registry } from 'prom-client';
import { activeSpan } from '../tracing/active-span.js';
import { Durations } from './hot-metrics.js';

const REDIS = { 'db.system.name': 'redis' };

/** A way to the session store whose answers are timed, and in a traced request have spans: each try by itself, and not what was waited between tries. */
export function timedAccess(access: Access, registry: Registry): Access {
  const durations = new Durations({
    name: 'holdfast_session_store_duration_seconds',
    help: 'How long the session store took to answer, or to fail, by operation',
    registry,
  });
  const timed = <T>(operation: 'ask' | 'write', act: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    // Here and not at the client: reads share pipelines, and writes of many requests go in one.
    const endSpan = activeSpan()?.child(`redis ${operation}`, REDIS);
    const end = (outcome: 'answered' | 'failed', error?: unknown): void => {
      durations.series({ operation, outcome }).observe(performance.now() - startedAt);
      endSpan?.(error);
    };
    const answer = act();
    answer.then(
      () => end('answered'),
      (error: unknown) => end('failed', error),
    );
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
