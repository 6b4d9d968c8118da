import { describe, expect, it } from '@jest/globals';
import { gatewayDocument } from './gateway-document.js';
import type { GatewayFault } from './gateway-fault.js';
import { brokenGatewayPromises, type GatewayTrial } from './gateway-trial.js';

const fault: GatewayFault = { name: 'x', title: 'x', mayFail: 'nothing', strike: () => Promise.resolve() };
const trial: GatewayTrial = {
  fault,
  requests: 100,
  failures: [],
  notHeld: 0,
  sentAgain: 0,
  orders: { doubled: 0, lost: 0 },
  longestGapMs: 20,
  p99Ms: 3_000,
  recoveryMs: 0,
  timeline: { answers: [], retriedAtMs: [], electedAtMs: undefined, firstWriteAtMs: undefined },
};
const mayLose: GatewayFault = { ...fault, mayFail: 'held' };

describe('a trial of the gateway', () => {
  it('finds no fault with what held, nor with a connection that closed by coincidence', () => {
    expect(brokenGatewayPromises(trial)).toEqual([]);
    expect(brokenGatewayPromises({ ...trial, requests: 1_000, sentAgain: 1 })).toEqual([]);
  });

  it('spares who died with what it held, and nobody else', () => {
    const failures = [['no answer', 3]] as const;
    expect(brokenGatewayPromises({ ...trial, fault: mayLose, failures })).toEqual([]);
    expect(brokenGatewayPromises({ ...trial, failures })).toEqual(['3 requests failed that may be repeated']);
    expect(brokenGatewayPromises({ ...trial, fault: mayLose, failures, notHeld: 1 })).toEqual([
      '1 requests failed that the victim did not hold',
    ]);
  });

  it.each([
    ['an order that is there twice', { orders: { doubled: 1, lost: 0 } }, '1 orders were placed twice'],
    ['an order that is gone', { orders: { doubled: 0, lost: 2 } }, '2 acknowledged orders are gone'],
    [
      'connections that are closed under requests',
      { requests: 1_999, sentAgain: 2 },
      '2 requests had to be sent again: connections are closed under them',
    ],
    ['no recovery', { recoveryMs: undefined }, 'requests failed up to the end: it did not recover'],
    [
      'an instance that slows the others',
      { fault: { ...fault, keepsPace: true } },
      'one slow instance slows others: p99 3000 ms',
    ],
  ])('names %s', (_what, change, sentence) => {
    expect(brokenGatewayPromises({ ...trial, ...change })).toEqual([sentence]);
  });

  it('is a row of the page, which hides no broken promise', () => {
    const machine = { cores: 2, node: '20.19.0', redis: '7.0.15' };
    expect(gatewayDocument([trial], machine)).toContain('| x | 100 | 0 | 0 | 0 | 0 | 20 | 3000 | 0 |');
    const lost = { ...trial, orders: { doubled: 1, lost: 0 } };
    expect(gatewayDocument([lost], machine)).toContain('- x: 1 orders were placed twice');
  });
});
