import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { runTrial, type Requests, type TrialResult } from './trial.js';

const PLAN = { beforeMs: 100, afterMs: 100, perSecond: 100 };
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const good: RequestListener = ({ method }, response) =>
  void response.writeHead(method === 'POST' ? 201 : 200).end();

/** A stand-in for a proxy. The fault: from now on it answers so, 20 times. */
async function trial(fault: RequestListener, requests: Requests = 'read'): Promise<TrialResult> {
  let answer = good;
  const proxy = createServer((request, response) => answer(request, response));
  server = proxy;
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  return runTrial({ port, credential: 'Authorization: Bearer t' }, { ...PLAN, requests }, () => {
    return new Promise((resolve) => {
      let left = 20;
      answer = (request, response) => {
        fault(request, response);
        left -= 1;
        if (left > 0) return;
        answer = good;
        resolve();
      };
    });
  });
}

describe('a trial', () => {
  it('finds nothing wrong with a proxy that loses nothing', async () => {
    const { failed, reasons, sent } = await trial(good, 'both');
    expect({ failed, reasons }).toEqual({ failed: 0, reasons: {} });
    expect(sent).toBeGreaterThanOrEqual(20);
  });

  it('sees each request that a proxy loses, and what it was answered', async () => {
    const { failed, reasons } = await trial((_request, response) => void response.writeHead(502).end());
    expect({ failed, reasons }).toEqual({ failed: 20, reasons: { 'HTTP 502': 20 } });
  });

  it('sees what a proxy cuts', async () => {
    expect((await trial((request) => request.socket.destroy(), 'order')).failed).toBe(20);
  });

  it('counts a stall from when each request was due, though all are answered in the end', async () => {
    const waiting: (() => void)[] = [];
    const { failed, longestGapMs, p99Ms } = await trial((request, response) => {
      waiting.push(() => void good(request, response));
      if (waiting.length === 20) for (const answer of waiting) answer();
    });
    expect(failed).toBe(0);
    // 20 requests at 100 a second: the first one waits for the last, 190 ms but for what timers are late.
    expect(longestGapMs).toBeGreaterThanOrEqual(100);
    expect(p99Ms).toBeGreaterThanOrEqual(100);
  });
});
