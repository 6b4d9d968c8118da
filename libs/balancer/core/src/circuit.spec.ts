import { describe, expect, it } from '@jest/globals';
import { Circuit } from './circuit.js';

const settings = { ejectionMs: 100, longestEjectionMs: 250 };

function opened(): Circuit {
  const circuit = new Circuit(settings);
  circuit.open(0);
  return circuit;
}

describe('Circuit', () => {
  it('lets everything pass while it is closed', () => {
    const circuit = new Circuit(settings);
    circuit.noteSent(0);
    expect([circuit.state(0), circuit.lets(0), circuit.openUntil(0)]).toEqual(['closed', true, undefined]);
  });

  it('lets nothing pass while it is open, and is half-open after that', () => {
    const circuit = opened();
    expect([circuit.state(99), circuit.lets(99), circuit.openUntil(99)]).toEqual(['open', false, 100]);
    expect([circuit.state(100), circuit.lets(100), circuit.openUntil(100)]).toEqual([
      'half-open',
      true,
      undefined,
    ]);
  });

  it('lets one request through while it is half-open, and another one if that has told nothing for a second', () => {
    const circuit = opened();
    circuit.noteSent(100);
    expect([circuit.lets(101), circuit.lets(1_099), circuit.lets(1_100)]).toEqual([false, false, true]);
    expect(circuit.state(101)).toBe('half-open');
  });

  it('closes when the probe went well, not when an older request does', () => {
    const circuit = opened();
    circuit.noteFine(50);
    expect(circuit.state(50)).toBe('open');
    circuit.noteSent(100);
    circuit.noteFine(110);
    expect([circuit.state(110), circuit.lets(110)]).toEqual(['closed', true]);
  });

  it('stays open for longer each time in a row, up to a limit, and for the first time again after a calm time', () => {
    const circuit = opened();
    circuit.open(100);
    expect(circuit.openUntil(100)).toBe(300);
    circuit.open(300);
    expect(circuit.openUntil(300)).toBe(550);
    circuit.open(801);
    expect(circuit.openUntil(801)).toBe(901);
  });

  it('is not opened for longer by what was under way', () => {
    const circuit = opened();
    circuit.open(50);
    expect(circuit.openUntil(50)).toBe(100);
  });

  it('may be probed before its time where there is reason to', () => {
    const circuit = opened();
    circuit.expire(10);
    expect([circuit.state(10), circuit.lets(10)]).toEqual(['half-open', true]);
  });
});
