import { useSyncExternalStore } from 'react';
import type { Store } from './store.js';

/** The value of a store, as it changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.watch, store.get);
}
