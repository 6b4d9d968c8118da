import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healed, isCurrent, judgeRotation, renewed, rotated, type Rotation } from './rotation-policy.js';
import type { PresentedRefresh } from './session-store.js';

const WINDOW_MS = 30_000;
const sessionId = 's';
const secret = (generation: number) => ({ hash: `h${generation}`, keyId: 'k1' });
const shown = (generation: number): PresentedRefresh => ({ sessionId, generation, hash: `h${generation}` });
const first: Rotation = { generation: 1, current: secret(1), rotatedAt: 0 };

/** What happens to a rotation: a refresh, or a step-up, so many milliseconds later. */
const event = fc.record({ isStepUp: fc.boolean(), afterMs: fc.nat(2 * WINDOW_MS) });
const past = fc.array(event, { maxLength: 12 });

/** The state after all of it; each generation's secret hashes to its number. */
function after(events: readonly { isStepUp: boolean; afterMs: number }[]): Rotation {
  return events.reduce((rotation, { isStepUp, afterMs }) => {
    const now = rotation.rotatedAt + afterMs;
    return (isStepUp ? renewed : rotated)(rotation, secret(rotation.generation + 1), now);
  }, first);
}

it('rotates the current token whenever it comes, and takes it for nothing else', () => {
  fc.assert(
    fc.property(past, fc.nat(), (events, afterMs) => {
      const rotation = after(events);
      const current = shown(rotation.generation);
      expect(judgeRotation(rotation, current, rotation.rotatedAt + afterMs, WINDOW_MS)).toBe('rotate');
      expect(isCurrent(rotation, current)).toBe(true);
      expect(isCurrent(rotation, shown(rotation.generation - 1))).toBe(false);
    }),
  );
});

it('repeats the previous one to the end of the window, unless a step-up came between; after it that is theft', () => {
  fc.assert(
    fc.property(past, event, fc.nat(2 * WINDOW_MS), (events, last, afterMs) => {
      const rotation = after([...events, last]);
      const verdict = judgeRotation(
        rotation,
        shown(rotation.generation - 1),
        rotation.rotatedAt + afterMs,
        WINDOW_MS,
      );
      const soon = last.isStepUp ? 'refuse' : 'repeat';
      expect(verdict).toBe(afterMs <= WINDOW_MS ? soon : 'theft');
    }),
  );
});

it('takes any older generation for theft, at once and whatever its secret', () => {
  fc.assert(
    fc.property(past, event, event, fc.nat(), (events, one, other, pick) => {
      const rotation = after([...events, one, other]);
      const generation = 1 + (pick % (rotation.generation - 2));
      expect(judgeRotation(rotation, shown(generation), rotation.rotatedAt, WINDOW_MS)).toBe('theft');
    }),
  );
});

it('ends nothing for a guess at the current or the previous secret', () => {
  fc.assert(
    fc.property(past, fc.constantFrom(0, 1), fc.nat(), (events, behind, afterMs) => {
      const rotation = after(events);
      const guess = { ...shown(rotation.generation - behind), hash: 'a guess' };
      fc.pre(guess.generation > 0);
      expect(judgeRotation(rotation, guess, rotation.rotatedAt + afterMs, WINDOW_MS)).toBe('refuse');
    }),
  );
});

it('heals a store that was rolled back as if it had seen every rotation', () => {
  fc.assert(
    fc.property(past, fc.integer({ min: 1, max: 9 }), fc.nat(), (events, lost, now) => {
      const { generation } = after(events);
      const token = shown(generation + lost);
      expect(judgeRotation(after(events), token, now, WINDOW_MS)).toBe('ahead');
      const known = { generation: token.generation, current: secret(token.generation), rotatedAt: 0 };
      const successor = secret(token.generation + 1);
      expect(healed(token, successor, now)).toEqual(rotated(known, successor, now));
    }),
  );
});
