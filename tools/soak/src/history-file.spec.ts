import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validHistory } from './checker/spec/valid-history.js';
import { historyLines, parseHistory } from './history-file.js';

it('reads back what it wrote, by when it began', () => {
  const fault = { fault: 'links cut', startMs: 50, endMs: 51, losesUnacknowledged: false };
  fc.assert(
    fc.property(validHistory, ({ operations }) => {
      const read = parseHistory(historyLines({ operations, faults: [fault] }));
      expect(read.faults).toEqual([fault]);
      expect(read.operations).toEqual([...operations].sort((a, b) => a.startMs - b.startMs));
    }),
    { numRuns: 20 },
  );
});

it('reads an empty file as an empty history, and refuses what is none', () => {
  expect(parseHistory('')).toEqual({ operations: [], faults: [] });
  expect(() => parseHistory('{"kind":')).toThrow(SyntaxError);
});
