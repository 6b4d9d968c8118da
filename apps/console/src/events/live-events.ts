import { useEffect } from 'react';
import { PLATFORM_EVENTS, type PlatformEvent } from '../api/platform.js';
import { Store } from '../api/store.js';
import { useStore } from '../api/use-store.js';
import type { FaultAsked } from './timeline.js';

const REMEMBERED = 500;

/** How the stream of events stands. */
export type StreamState = 'connecting' | 'open' | 'closed';

const events = new Store<readonly PlatformEvent[]>([]);
const state = new Store<StreamState>('connecting');

/** Faults that were asked for in this tab. */
export const faultsAsked = new Store<readonly FaultAsked[]>([]);

let watchers = 0;
let source: EventSource | undefined;

/** What happens on the platform, as it happens; remembered while the tab is open. */
export function useLiveEvents(): { readonly events: readonly PlatformEvent[]; readonly state: StreamState } {
  useEffect(() => {
    watchers += 1;
    source ??= open();
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      source?.close();
      source = undefined;
    };
  }, []);
  return { events: useStore(events), state: useStore(state) };
}

/** Remembers a fault that was asked for. */
export function noteFault(fault: Omit<FaultAsked, 'id' | 'at'>): void {
  const at = Date.now();
  faultsAsked.set([...faultsAsked.get(), { ...fault, at, id: `fault-${at}-${fault.target}` }]);
}

/** The browser connects again by itself, and says what it had last; where it is refused it gives up. */
function open(): EventSource {
  const stream = new EventSource('/platform/events');
  const look = () => {
    state.set((['connecting', 'open', 'closed'] as const)[stream.readyState] ?? 'closed');
  };
  stream.addEventListener('open', look);
  stream.addEventListener('error', look);
  for (const type of PLATFORM_EVENTS) {
    stream.addEventListener(type, ({ data }: MessageEvent<string>) => add(JSON.parse(data) as PlatformEvent));
  }
  return stream;
}

function add(event: PlatformEvent): void {
  if (events.get().some(({ id }) => id === event.id)) return;
  events.set([...events.get(), event].slice(-REMEMBERED));
}
