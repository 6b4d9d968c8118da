import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Instances } from './spec/instances.js';
import { Upstreams } from './upstreams.js';

const instances = new Instances();
const upstreams = new Upstreams({ checkIntervalMs: 0 });
afterEach(async () => {
  await upstreams.close();
  instances.stop();
});

/** How many instances of a service are still taken for sound after some requests. */
async function soundAfter(service: string, hurried: boolean, listener: RequestListener): Promise<number> {
  upstreams.update([
    await instances.serve(`${service}-1`, listener),
    await instances.serve(`${service}-2`, listener),
  ]);
  for (let time = 0; time < 12; time++) {
    await new Promise<void>((resolve) => {
      const sink = {
        onHead: () => undefined,
        onData: () => true,
        onEnd: () => resolve(),
        onFailure: () => resolve(),
      };
      const request = { method: 'POST', path: '/', headers: [], repeatable: false, deadlineMs: 40, hurried };
      upstreams.forward(service, request, sink);
    });
  }
  return upstreams.view().filter((one) => one.service === service && one.available).length;
}

const silent = () => undefined;
const refusing: RequestListener = (_request, response) => void response.writeHead(504).end();

describe('a request whose caller is in a hurry', () => {
  it('has no instance ejected that is silent, or says that the time is over', async () => {
    expect(await soundAfter('silent', true, silent)).toBe(2);
    expect(await soundAfter('refusing', true, refusing)).toBe(2);
  });

  it('is an exception: by others they are judged', async () => {
    expect(await soundAfter('silent', false, silent)).toBe(1);
    expect(await soundAfter('refusing', false, refusing)).toBe(1);
  });
});
