import { RedisServer } from '@holdfast/session-testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRedis } from './create-redis.js';
import { LuaScript } from './lua-script.js';
import { PRELUDE } from './prelude.lua.js';
import { ScriptRunner } from './script-runner.js';
import { StoreClock } from './store-clock.js';
import { UnfencedAccess } from './unfenced-access.js';

const AT = new LuaScript(`${PRELUDE}
if not isPresent(ARGV[3]) then return { 'clock', text(now) } end
return { 'done' }
`);
const place = { userTag: 'tag', name: 'name' };

let server: RedisServer;
let access: UnfencedAccess;

beforeAll(async () => {
  server = await RedisServer.start();
  const [read, write] = (['read', 'write'] as const).map((role) => createRedis({ url: server.url }, role));
  if (read && write) access = new UnfencedAccess({ read, write, durability: 'local' });
});

afterAll(async () => {
  await access.close();
  await server.dispose();
});

function runnerWith(now: () => number): ScriptRunner {
  return new ScriptRunner({ access, tombstoneMs: 60_000 }, new StoreClock({ now }));
}

it('waits no longer for a store that is away than whoever asks', async () => {
  const away = () => new Promise<never>(() => undefined);
  const silent = {
    ask: away,
    write: away,
    awayMs: 0,
    journalling: 'never',
    close: async () => undefined,
  } as const;
  const options = { access: silent, tombstoneMs: 60_000, patienceMs: 600_000, remainingMs: () => 20 };
  const runner = new ScriptRunner(options, new StoreClock());
  const unavailable = { name: 'StoreUnavailableError' };
  await expect(runner.ask(AT, place)).rejects.toMatchObject(unavailable);
  await expect(runner.change(AT, place, [])).rejects.toMatchObject(unavailable);
});

it('learns what time it is from a store whose clock is another', async () => {
  const runner = runnerWith(() => Date.now() - 3_600_000);
  expect(await runner.changeAt(AT, place, (now) => [String(now)])).toEqual(['done']);
});

it('gives no answer that somebody could take for an absent session where the clocks run apart', async () => {
  let now = Date.now();
  const runner = runnerWith(() => (now += 10_000));
  await expect(runner.changeAt(AT, place, (at) => [String(at)])).rejects.toMatchObject({
    name: 'StoreUnavailableError',
  });
});
