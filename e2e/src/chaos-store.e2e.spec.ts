import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FleetControl, primaryHung, primaryKilled, runTrial, type Trial } from '@holdfast/chaos';
import { everybodyReady } from './fleet.js';

const UNDER_LOAD_MS = 7_000;
/** Other specs kill no Redis, and a trial lasts longer than Sentinel needs to forget the one before. */
const REST_MS = 1_000;
const TIMEOUT_MS = 240_000;
const SWITCH = 'tools/store-ops/dist/main.js';
const home = process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast';
const store = new FleetControl(home);

afterAll(async () => {
  await store.whole(REST_MS);
  await everybodyReady();
}, TIMEOUT_MS);

describe('under the load of many signed-in clients', () => {
  const trials: Trial[] = [];

  beforeAll(async () => {
    for (const fault of [primaryKilled, primaryHung]) {
      await store.whole(REST_MS);
      trials.push(await runTrial(store, fault, UNDER_LOAD_MS));
    }
  }, TIMEOUT_MS);

  const seen = <T>(look: (trial: Trial) => T) =>
    Object.fromEntries(trials.map((trial) => [trial.fault.name, look(trial)]));

  it('G5: when the Redis primary dies no acknowledged session is lost and no acknowledged logout undone', () => {
    expect(seen(({ verdicts: { lost, undone } }) => ({ lost, undone }))).toEqual({
      killed: { lost: 0, undone: 0 },
      hung: { lost: 0, undone: 0 },
    });
  });

  it('G6: …and nobody is taken for a thief', () => {
    expect(seen(({ verdicts: { theft } }) => theft)).toEqual({ killed: 0, hung: 0 });
  });

  it('goes on by itself, answers 401 to no good session, and counts no cart twice', () => {
    for (const { verdicts, recoveryMs, sessions } of trials) {
      const kept = sessions - verdicts.lost - verdicts.undone - verdicts.theft;
      expect(verdicts).toMatchObject({ refused: 0, surplus: 0, unanswered: 0, kept });
      expect(recoveryMs).toBeDefined();
    }
  });

  it('has really elected another primary, with writes before and after', () => {
    for (const { timeline } of trials) {
      expect(timeline.electedAtMs).toBeGreaterThan(0);
      expect(timeline.firstWriteAtMs).toBeGreaterThanOrEqual(timeline.electedAtMs ?? Infinity);
    }
  });
});

it('switches the primary by plan from the command line', async () => {
  await store.whole(REST_MS);
  const before = await store.primary();
  const env = { ...process.env, HOLDFAST_HOME: home, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [SWITCH], { env });
  expect(stdout).toMatch(
    /takes no more writes\.\n.*\n(redis-\d) is the primary, after \d+ ms without writes\./,
  );
  expect(stdout).toContain(`${before?.id} follows it. Nothing that was acknowledged is lost.`);
  expect((await store.primary())?.id).not.toBe(before?.id);
});
