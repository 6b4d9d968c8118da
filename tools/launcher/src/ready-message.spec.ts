import { describe, expect, it } from '@jest/globals';
import { isReadyMessage } from './ready-message.js';

describe('a ready message', () => {
  it.each([
    { type: 'ready', id: 'order-1', port: 4001 },
    { type: 'ready', id: 'gateway-1', port: 8080, pid: 77 },
  ])('is %j', (message) => {
    expect(isReadyMessage(message)).toBe(true);
  });

  it.each([
    undefined,
    null,
    'ready',
    { type: 'log' },
    { type: 'ready', id: 'order-1' },
    { type: 'ready', id: 1, port: 4001 },
    { type: 'ready', id: 'order-1', port: 0 },
    { type: 'ready', id: 'order-1', port: '4001' },
    { type: 'ready', id: 'order-1', port: 4001, pid: -1 },
  ])('is not %j', (message) => {
    expect(isReadyMessage(message)).toBe(false);
  });
});
