import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest } from '../testing/auth-service.js';
import { SessionCensus } from './session-census.js';

let service: AuthServiceUnderTest;
let headers: { readonly authorization: string };
beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 9);
  headers = { authorization: `Bearer ${await service.serviceToken('prometheus')}` };
});
afterAll(() => service.stop());

/** What each instance shows of its count; `undefined` where it shows nothing. */
async function shown(): Promise<({ readonly live: number; readonly ageSeconds: number } | undefined)[]> {
  const all = service.instances.map(async ({ url }) => {
    const text = await (await fetch(`${url}/metrics`, { headers })).text();
    const [, live] = /^holdfast_live_sessions (\S+)$/m.exec(text) ?? [];
    const [, age] = /^holdfast_live_sessions_age_seconds (\S+)$/m.exec(text) ?? [];
    expect(age === undefined).toBe(live === undefined);
    return live === undefined ? undefined : { live: Number(live), ageSeconds: Number(age) };
  });
  return Promise.all(all);
}

describe('live sessions', () => {
  it('are shown by the instance that is on duty, and by no other', async () => {
    await service.signIn(await service.register());
    await service.call('POST', '/auth/guest');
    // Who is on duty begins anew, with these two.
    for (const { app } of service.instances) app.get(SessionCensus, { strict: false }).stop();
    let counts = await shown();
    // Never both for long: another one that takes the duty over finds the first one still showing, once.
    while (counts.filter((count) => count !== undefined).length !== 1) {
      await sleep(50);
      counts = await shown();
    }
    const [count] = counts.flatMap((each) => each ?? []);
    expect(count?.live).toBeGreaterThanOrEqual(2);
    expect(count?.ageSeconds).toBeGreaterThanOrEqual(0);
  });
});
