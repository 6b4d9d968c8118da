import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Turns } from './turns.js';

class Locked extends Error {}

/** A counter as Redis keeps it: every answer takes a while. */
class Guesses {
  failed = 0;
  tried = 0;
  most = 0;
  private running = 0;

  constructor(
    private readonly limit: number,
    private readonly pause: () => Promise<void>,
  ) {}

  readonly left = async (): Promise<number> => {
    await this.pause();
    const left = this.limit - this.failed;
    await this.pause();
    if (left < 1) throw new Locked();
    return left;
  };

  readonly attempt = (isGood: boolean) => async (): Promise<boolean> => {
    this.tried += 1;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    // Much longer than a look at the counter, as a password hash is.
    for (let step = 0; step < 20; step += 1) await this.pause();
    if (!isGood) this.failed += 1;
    await this.pause();
    this.running -= 1;
    return isGood;
  };
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));
const outcomes = (results: PromiseSettledResult<unknown>[]) => results.map(({ status }) => status);

describe('Turns', () => {
  it('gives a burst of guesses no more than one after the other would get', async () => {
    const [turns, guesses] = [new Turns(), new Guesses(5, tick)];
    const burst = Array.from({ length: 100 }, () => turns.run('k', guesses.left, guesses.attempt(false)));
    const settled = outcomes(await Promise.allSettled(burst));
    expect(guesses.tried).toBe(5);
    expect(settled.filter((status) => status === 'rejected')).toHaveLength(95);
  });

  it('lets a burst of good attempts all pass, as many at once as may fail', async () => {
    const [turns, guesses] = [new Turns(), new Guesses(5, tick)];
    const burst = Array.from({ length: 100 }, () => turns.run('k', guesses.left, guesses.attempt(true)));
    expect(await Promise.all(burst)).toEqual(Array<boolean>(100).fill(true));
    expect(guesses.most).toBe(5);
  });

  it('goes on after what throws', async () => {
    const [turns, guesses] = [new Turns(), new Guesses(1, tick)];
    const sick = () => Promise.reject(new Error('the store is away'));
    const burst = [sick, sick, guesses.attempt(true)].map((task) => turns.run('k', guesses.left, task));
    expect(outcomes(await Promise.allSettled<unknown>(burst))).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('does not make one key wait for another', async () => {
    const turns = new Turns();
    const endless = turns.run(
      'a',
      () => Promise.resolve(1),
      () => new Promise<never>(() => undefined),
    );
    const other = turns.run(
      'b',
      () => Promise.resolve(1),
      () => Promise.resolve('over'),
    );
    expect(await Promise.race([endless, other])).toBe('over');
  });

  it('holds in whatever order things happen', async () => {
    const attempts = fc.array(fc.boolean(), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        attempts,
        fc.integer({ min: 1, max: 6 }),
        async (order, good, limit) => {
          const guesses = new Guesses(limit, () => order.schedule(Promise.resolve()));
          const turns = new Turns();
          const burst = good.map((isGood) => turns.run('k', guesses.left, guesses.attempt(isGood)));
          const settled = Promise.allSettled(burst);
          await order.waitFor(settled);
          expect(guesses.failed).toBeLessThanOrEqual(limit);
          expect(guesses.most).toBeLessThanOrEqual(limit);
          const refused = outcomes(await settled).filter((status) => status === 'rejected');
          expect(guesses.tried + refused.length).toBe(good.length);
          if (refused.length > 0) expect(guesses.failed).toBe(limit);
        },
      ),
    );
  });
});
