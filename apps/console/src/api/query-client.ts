import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.js';

const TRIES = 4;

/** How queries behave: what passes by itself is tried again, what is refused is not. Writes are never repeated unasked. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => error instanceof ApiProblem && error.isPassing && failures < TRIES,
        retryDelay: (failures) => Math.min(4_000, 300 * 2 ** failures),
        staleTime: 2_000,
      },
      mutations: { retry: false },
    },
  });
}
