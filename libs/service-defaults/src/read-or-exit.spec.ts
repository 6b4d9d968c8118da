import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConfigError } from './config.js';
import { readOrExit } from './read-or-exit.js';

class Exited extends Error {}

const printed: string[] = [];
const codes: unknown[] = [];
beforeEach(() => {
  printed.length = codes.length = 0;
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    codes.push(code);
    throw new Exited();
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('readOrExit', () => {
  it('hands on what was read', () => {
    expect(readOrExit(() => 'config')).toBe('config');
    expect([printed, codes]).toEqual([[], []]);
  });

  it('prints the faults of the environment, nothing else, and exits 1', () => {
    const read = () => {
      throw new ConfigError(['PORT: too large', 'SESSION_SECRET: is missing']);
    };
    expect(() => readOrExit(read)).toThrow(Exited);
    expect(codes).toEqual([1]);
    expect(printed.join('')).toBe(
      'The configuration has faults:\n  PORT: too large\n  SESSION_SECRET: is missing\n',
    );
  });

  it('leaves a fault of the program to whoever asked', () => {
    const read = () => {
      throw new TypeError('a bug');
    };
    expect(() => readOrExit(read)).toThrow(TypeError);
    expect([printed, codes]).toEqual([[], []]);
  });
});
