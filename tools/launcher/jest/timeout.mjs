import { jest } from '@jest/globals';

// Services are started and databases made: half a second on an idle machine, many on a busy one.
jest.setTimeout(60_000);
