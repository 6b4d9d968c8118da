import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyStream } from '@holdfast/balancer-http';

/** Bodies up to this many bytes are kept, so that they can be sent again. */
const BUFFERED_BYTES = 64 * 1024;

/** A body: none, whole, or on its way. */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly stream: BodyStream; readonly length: string | undefined }
  | { readonly kind: 'too-large' };

/** Whether a request has a body at all. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
}

/**
 * Takes a request's body: short ones whole, so that a slow sender occupies nobody but us and a failed try can be
 * repeated; longer ones as a stream, once so much of it is here: whoever says a large length and dribbles occupies
 * nobody either. A stream that passes `limitBytes` calls `onTooLarge` and breaks off.
 * Rejects if the client leaves.
 */
export async function takeBody(
  request: IncomingMessage,
  response: ServerResponse,
  limitBytes: number,
  onTooLarge: () => void,
): Promise<RequestBody> {
  if (!hasBody(request)) return { kind: 'none' };
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > limitBytes) return { kind: 'too-large' };
  if (expectsContinue(request)) response.writeContinue();
  // The iterator must not destroy the request, and with it the connection that the answer needs.
  const chunks = request.iterator({ destroyOnReturn: false });
  const first: Buffer[] = [];
  let bytes = 0;
  while (bytes <= BUFFERED_BYTES) {
    const { done, value } = (await chunks.next()) as IteratorResult<Buffer, undefined>;
    if (done) return bytes > limitBytes ? { kind: 'too-large' } : { kind: 'whole', bytes: concat(first) };
    first.push(value);
    bytes += value.length;
  }
  return { kind: 'stream', stream: new ArrivingBody(first, chunks, limitBytes, onTooLarge), length };
}

/** HTTP/1.0 knows no answer before the answer (RFC 9110 10.1.1). */
function expectsContinue({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMinor > 0 && headers.expect?.toLowerCase() === '100-continue';
}

function concat(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks);
}

class ArrivingBody implements BodyStream {
  opened = false;

  constructor(
    private readonly first: readonly Buffer[],
    private readonly rest: AsyncIterable<Buffer>,
    private readonly limitBytes: number,
    private readonly onTooLarge: () => void,
  ) {}

  async *open(): AsyncGenerator<Buffer> {
    this.opened = true;
    let bytes = 0;
    for await (const chunk of this.#chunks()) {
      bytes += chunk.length;
      if (bytes > this.limitBytes) {
        this.onTooLarge();
        // Ending here would make half a body look whole to the service.
        throw new RangeError('body too large');
      }
      yield chunk;
    }
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    yield* this.first;
    yield* this.rest;
  }
}
