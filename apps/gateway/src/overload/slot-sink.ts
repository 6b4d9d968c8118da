import type { Duplex } from 'node:stream';
import type { Slot } from '@holdfast/balancer-core';
import type { UpstreamFailure, UpstreamHead, UpstreamSink } from '@holdfast/balancer-http';

/**
 * Gives a slot back when the head of the answer is there. Not later: a client that reads slowly would hold it, and it is
 * not the service that this one keeps waiting. A sample is the answer of the first instance that was tried, if it is good:
 * what is refused is quick, and who was tried in vain before is the balancer's business.
 */
export class SlotSink implements UpstreamSink {
  /** @param kind - what was asked for; `undefined`: how long it takes says nothing (an endless answer, a body on its way) */
  constructor(
    private readonly sink: UpstreamSink,
    private readonly slot: Slot,
    private readonly kind: string | undefined,
  ) {}

  onHead(head: UpstreamHead): void {
    this.sink.onHead(head);
    this.slot.release(head.retries === 0 && head.status < 400 ? this.kind : undefined);
  }

  onUpgrade(head: UpstreamHead, connection: Duplex): void {
    this.slot.release();
    if (this.sink.onUpgrade) this.sink.onUpgrade(head, connection);
    else connection.destroy();
  }

  onData(chunk: Buffer): boolean {
    return this.sink.onData(chunk);
  }

  onEnd(trailers: readonly string[]): void {
    this.sink.onEnd(trailers);
  }

  onFailure(failure: UpstreamFailure): void {
    this.sink.onFailure(failure);
    const isTimeout = failure.kind === 'timeout';
    this.slot.release(isTimeout ? this.kind : undefined, isTimeout);
  }
}
