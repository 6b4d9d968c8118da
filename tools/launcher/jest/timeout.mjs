import { jest } from '@jest/globals';

// For what never ends. Services are started, databases made and thousands of inputs tried: half a second on an idle
// machine, a minute on one that has ten times the work that it can do.
jest.setTimeout(120_000);
