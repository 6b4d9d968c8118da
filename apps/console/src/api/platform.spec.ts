import { PLATFORM_EVENTS as ALL_EVENTS } from '@holdfast/contracts';
import { describe, expect, it } from '@jest/globals';
import { PLATFORM_EVENTS } from './platform.js';

describe('the events that are listened to', () => {
  it('are all that there are', () => {
    expect(PLATFORM_EVENTS).toEqual(ALL_EVENTS);
  });
});
