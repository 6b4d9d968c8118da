import { MemorySessionStore } from '@holdfast/session-core';
import { runSessionStoreContract } from './session-store-contract.js';

// Beside the contract and not beside the store: the core depends on nothing, not even for its tests.
runSessionStoreContract('memory', async (options) => {
  let now = 1_700_000_000_000;
  const store = new MemorySessionStore({ ...options, clock: { now: () => now } });
  return {
    store,
    now: async () => now,
    advance: async (_userId, ms) => {
      now += ms;
    },
    close: () => store.close(),
  };
});
