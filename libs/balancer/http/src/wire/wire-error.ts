/** Why a connection has no answer. `code` is the system's where it has one, such as `ECONNREFUSED`. */
export class WireError extends Error {
  override readonly name = 'WireError';

  constructor(
    readonly code:
      /** What came is no HTTP/1.1 response. */
      | 'BAD_RESPONSE'
      /** The other end closed the connection before the response was whole. */
      | 'CLOSED'
      | 'CONNECT_TIMEOUT'
      /** The response's body has been silent for too long. */
      | 'BODY_TIMEOUT'
      /** The request cannot be sent as it is: nobody at the other end is to blame. */
      | 'BAD_REQUEST'
      /** The pool is closed. */
      | 'POOL_CLOSED',
    message: string,
  ) {
    super(message);
  }
}

/** The other end closed too early. */
export function closedEarly(): WireError {
  return new WireError('CLOSED', 'the connection was closed before the response was whole');
}
