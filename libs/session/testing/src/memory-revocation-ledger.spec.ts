import { MemoryRevocationLedger, type GivenRoles } from '@holdfast/session-core';
import { runRevocationLedgerContract } from './revocation-ledger-contract.js';

runRevocationLedgerContract('memory', async () => {
  const accounts = new Map<string, GivenRoles>();
  const nobody = { roles: [], authzVersion: 0 };
  return {
    ledger: new MemoryRevocationLedger({ rolesOf: (userId) => accounts.get(userId) ?? nobody }),
    giveRoles: async (userId, given) => {
      accounts.set(userId, given);
    },
    close: async () => undefined,
  };
});
