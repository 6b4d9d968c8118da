/** The store cannot be switched now: the message is one sentence that says why, and that nothing was lost. */
export class StoreOpsError extends Error {
  override readonly name = 'StoreOpsError';
}
