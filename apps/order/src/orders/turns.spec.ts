import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

describe('turns', () => {
  it('run tasks of one name one after the other, in order, and others beside them', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const task = (name: string, label: string) =>
      turns.take(name, async () => {
        seen.push(`${label} begins`);
        await tick();
        seen.push(`${label} ends`);
      });
    await Promise.all([task('ada', 'a1'), task('ada', 'a2'), task('eve', 'e1')]);
    const ofAda = seen.filter((line) => line.startsWith('a'));
    expect(ofAda).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
    expect(seen.indexOf('e1 begins')).toBeLessThan(seen.indexOf('a1 ends'));
  });

  it('go on after a failure, which only its caller sees', async () => {
    const turns = new Turns();
    const failing = turns.take('ada', () => Promise.reject(new Error('no')));
    const next = turns.take('ada', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });
});
