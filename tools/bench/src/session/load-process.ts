import { carryOut, type LoadOrder } from './load.js';

// The load, in a process of its own: it has a core, and what it does is in no server's account.
process.on('message', (order: LoadOrder) => {
  carryOut(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
