import { runMigrationContract } from './migration-contract.js';
import { basket, wrappedBasket } from './sample-namespaces.js';

const wrapped = { quantity: 1, isWrapped: true };
const plain = { quantity: 3, isWrapped: false };

runMigrationContract(basket, wrappedBasket, {
  older: [{ items: {} }, { items: { cup: 2, tea: 1 }, note: 'soon' }],
  newer: [
    { lines: {} },
    { lines: { cup: wrapped, pot: plain }, message: 'hello' },
    { lines: { tea: plain } },
  ],
});
