import { jest } from '@jest/globals';

// A fleet is killed, restarted and waited for: seconds on an idle machine, minutes on a busy one.
jest.setTimeout(process.env['TEST_LONG'] === '1' ? 900_000 : 240_000);
