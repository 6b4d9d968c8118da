import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../api/call.js';
import type { AnomalyPageAnswer, AuditPageAnswer } from './contracts.js';
import { queryString, type Filters } from './filters.js';

/** The audit trail, newest first, a page at a time. */
export function useTrail(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      call<AuditPageAnswer>(
        'GET',
        `/platform/audit?${queryString({ ...filters, limit: '50', cursor: pageParam })}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** What the detectors found, newest first, a page at a time. */
export function useAnomalies() {
  return useInfiniteQuery({
    queryKey: ['anomalies'],
    queryFn: ({ pageParam, signal }) =>
      call<AnomalyPageAnswer>(
        'GET',
        `/platform/anomalies?${queryString({ limit: '50', cursor: pageParam })}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: 15_000,
  });
}
