import { describe, expect, it } from '@jest/globals';
import { SlotSink } from './slot-sink.js';

const quiet = {
  onHead: () => undefined,
  onData: () => true,
  onEnd: () => undefined,
  onFailure: () => undefined,
};

function samplesOf(status: number, retries = 0, kind: string | undefined = 'GET /cart'): unknown[] {
  const released: unknown[] = [];
  const sink = new SlotSink(quiet, { release: (sample) => void released.push(sample) }, kind);
  sink.onHead({ status, retries, headers: [], instanceId: 'order-1' });
  return released;
}

describe('a place that is given back', () => {
  it('is a sample where the first instance gave a good answer', () => {
    for (const status of [200, 201, 204, 304]) expect(samplesOf(status)).toEqual(['GET /cart']);
  });

  it('is none where the answer is a refusal, which is quick, or came after another instance was tried', () => {
    for (const status of [400, 401, 404, 429, 500, 503]) expect(samplesOf(status)).toEqual([undefined]);
    expect(samplesOf(200, 1)).toEqual([undefined]);
  });
});
