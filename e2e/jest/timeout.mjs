import { jest } from '@jest/globals';

// A fleet is killed, restarted and waited for: seconds, on slow machines tens of them.
jest.setTimeout(90_000);
