import type { FaultNote, History, Operation } from './checker/operation.js';

/** A history as JSON lines, one operation or fault each, by when it began. */
export function historyLines({ operations, faults }: History): string {
  const all: readonly (Operation | FaultNote)[] = [...operations, ...faults];
  return [...all]
    .sort((a, b) => a.startMs - b.startMs)
    .map((each) => `${JSON.stringify(each)}\n`)
    .join('');
}

/** Reads what `historyLines` wrote. @throws SyntaxError on a line that is no JSON */
export function parseHistory(text: string): History {
  const all = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Operation | FaultNote);
  return {
    operations: all.filter((each) => 'kind' in each),
    faults: all.filter((each) => 'fault' in each),
  };
}
