import { useMemo, useSyncExternalStore } from 'react';
import { placeOf, type Place } from './routes.js';

const MOVED = 'holdfast:moved';

function watch(watcher: () => void): () => void {
  for (const name of ['popstate', MOVED]) addEventListener(name, watcher);
  return () => {
    for (const name of ['popstate', MOVED]) removeEventListener(name, watcher);
  };
}

const here = () => location.pathname + location.search;

/** Goes to an address of the console. */
export function go(address: string, how: 'push' | 'replace' = 'push'): void {
  if (address === here()) return;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  dispatchEvent(new Event(MOVED));
}

/** Where we are. */
export function usePlace(): Place {
  const address = useSyncExternalStore(watch, here);
  return useMemo(() => {
    const { pathname, search } = new URL(address, location.origin);
    return placeOf(pathname, search);
  }, [address]);
}
