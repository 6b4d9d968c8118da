import { describe, expect, it } from '@jest/globals';
import type { PlatformEvent, PlatformEventType } from '../api/platform.js';
import { episodesOf, marksOf, type FaultAsked } from './timeline.js';

const START = Date.parse('2026-11-21T09:30:00.000Z');
let count = 0;

function event(
  type: PlatformEventType,
  afterMs: number,
  members: Record<string, unknown> = {},
): PlatformEvent {
  return {
    id: `e-${++count}`,
    time: new Date(START + afterMs).toISOString(),
    type,
    worker: 'gateway-1',
    ...members,
  };
}

function fault(kind: FaultAsked['kind'], target: string, afterMs = 0): FaultAsked {
  return { id: `f-${++count}`, kind, target, at: START + afterMs };
}

const words = (marks: ReturnType<typeof marksOf>) => marks.map(({ kind, text }) => `${kind}: ${text}`);

describe('the timeline', () => {
  it('tells of an instance that is killed from the fault to its return, in the order of time', () => {
    const marks = marksOf(
      [
        event('instance-up', 1_900, { instance: 'order-1' }),
        event('instance-ejected', 14, { instance: 'order-1', because: 'local-failure' }),
        event('instance-down', 700, { instance: 'order-1' }),
      ],
      [fault('kill', 'order-1')],
    );
    expect(words(marks)).toEqual([
      'fault: killed order-1',
      'detected: order-1 ejected: cannot be reached',
      'detected: order-1 is gone',
      'recovered: order-1 takes requests',
    ]);
    expect(episodesOf(marks)).toEqual([{ fault: marks[0], detectedAfterMs: 14, recoveredAfterMs: 1_900 }]);
  });

  it('tells once what several workers see, and how many did', () => {
    const ejected = { instance: 'order-1', because: 'unreachable' };
    const marks = marksOf(
      [
        event('instance-ejected', 0, ejected),
        event('instance-ejected', 40, { ...ejected, worker: 'gateway-2' }),
        event('instance-ejected', 9_000, ejected),
      ],
      [],
    );
    expect(marks.map(({ at, times }) => [at - START, times])).toEqual([
      [0, 2],
      [9_000, 1],
    ]);
  });

  it('ends the fault of a Redis primary when another is elected', () => {
    const elected = { primary: '127.0.0.1:7002', former: '127.0.0.1:7001' };
    const marks = marksOf([event('store-primary-changed', 2_400, elected)], [fault('kill', 'redis-1')]);
    expect(words(marks)[1]).toBe('elected: Redis primary is now 127.0.0.1:7002');
    expect(episodesOf(marks)).toMatchObject([{ detectedAfterMs: 2_400, recoveredAfterMs: 2_400 }]);
  });

  it('calls a primary by its name, where that is known', () => {
    const elected = event('store-primary-changed', 0, { primary: '127.0.0.1:7002' });
    expect(words(marksOf([elected], [], new Map([['127.0.0.1:7002', 'redis-2']])))).toEqual([
      'elected: Redis primary is now redis-2',
    ]);
  });

  it('keeps what came after a second fault to that one, newest first', () => {
    const marks = marksOf(
      [event('instance-up', 5_500, { instance: 'order-1' })],
      [fault('kill', 'order-1'), fault('kill', 'order-1', 5_000), fault('stop', 'user-1', 5_200)],
    );
    expect(
      episodesOf(marks).map(({ fault: { subject }, recoveredAfterMs }) => [subject, recoveredAfterMs]),
    ).toEqual([
      ['user-1', undefined],
      ['order-1', 500],
      ['order-1', undefined],
    ]);
  });

  it('has words for a drain, for ends of sessions and for keys', () => {
    const marks = marksOf(
      [
        event('instance-drained', 10, { instance: 'user-2' }),
        event('worker-down', 20, { worker: 'gateway-2' }),
        event('session-revoked', 30, { userId: 'u', because: 'revoked', revoked: 3 }),
        event('key-rotated', 40, { kid: 'k2' }),
      ],
      [fault('drain', 'user-2')],
    );
    expect(words(marks)).toEqual([
      'drained: asked to drain: user-2',
      'drained: user-2 drains',
      'detected: gateway-2 is gone',
      'session: 3 sessions ended: revoked',
      'key: next signing key published',
    ]);
    expect(episodesOf(marks)).toEqual([]);
  });
});
