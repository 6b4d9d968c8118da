import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import {
  allGone,
  byId,
  childrenOf,
  comesBack,
  FleetBench,
  kill,
  primaryOf,
  read,
  TEST_TIMEOUT_MS,
  WITHIN,
  write,
} from './fixtures/fleet-bench.js';
import { readLedger } from './process-ledger.js';
import { until } from './until.js';

const MINIMAL = ['--minimal'];
const bench = new FleetBench();

afterEach(() => bench.stopAll(), TEST_TIMEOUT_MS);
afterAll(() => bench.delete());

/** Runs the launcher's command to its end, without a fleet. */
async function command(
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [bench.standIns.program, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, text };
}

describe('the end of the launcher', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'leaves nothing running after %s, and exits 0',
    async (signal) => {
      const fleet = await bench.start({ args: MINIMAL });
      const pids = [...fleet.processes().map(({ pid }) => pid), ...(await childrenOf(fleet.pid, ''))];
      process.kill(fleet.pid, signal);
      expect(await bench.stop(fleet)).toBe(0);
      expect(allGone(pids)).toBe(true);
      expect(readdirSync(fleet.home)).not.toEqual(expect.arrayContaining(['run.json']));
      expect(readdirSync(fleet.home)).not.toEqual(expect.arrayContaining(['launcher.json']));
    },
    TEST_TIMEOUT_MS,
  );

  it('takes two signals within a second for one keystroke that npm has forwarded', async () => {
    const fleet = await bench.start({ args: MINIMAL });
    process.kill(fleet.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await bench.stop(fleet)).toBe(0);
    expect(fleet.output()).toContain('Stopped. The data is kept');
  });

  it('leaves nothing running when it was killed, says so at the next start, and keeps the data', async () => {
    const fleet = await bench.start({ args: MINIMAL });
    expect(await write(primaryOf(fleet).port, 'before', 'kill', 0)).toBe(true);
    const pids = [...fleet.processes().map(({ pid }) => pid), ...(await childrenOf(fleet.pid, ''))];
    kill(fleet);
    expect(await until(() => allGone(pids), WITHIN)).toBe(true);
    expect(existsSync(join(fleet.home, 'run.json'))).toBe(false);

    const next = await bench.start({ home: fleet.home, args: MINIMAL });
    expect(next.output()).toMatch(/An earlier run did not stop cleanly: nothing of it runs any more/);
    expect(await read(primaryOf(next).port, 'before')).toBe('kill');
  });

  it('ends what is left of a launcher that was killed together with its reaper', async () => {
    const fleet = await bench.start({ args: MINIMAL });
    const [reaper] = await childrenOf(fleet.pid, 'reaper.js');
    const pids = fleet.processes().map(({ pid }) => pid);
    kill({ pid: reaper ?? 0 });
    kill(fleet);
    expect(readLedger(join(fleet.home, 'processes.json')).length).toBeGreaterThan(0);
    const next = await bench.start({ home: fleet.home, args: MINIMAL });
    expect(next.output()).toMatch(/An earlier run did not stop cleanly: ended \d processes it had left/);
    expect(allGone(pids)).toBe(true);
  });

  it('spares the processes of others that a stale run.json names', async () => {
    const home = bench.newHome();
    const first = await bench.start({ home, args: MINIMAL });
    const run = readFileSync(join(home, 'run.json'), 'utf8');
    await bench.stop(first);
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const stale = run.replaceAll(/"pid": \d+/g, `"pid": ${bystander.pid ?? 0}`);
    writeFileSync(join(home, 'run.json'), stale, { mode: 0o600 });
    const next = await bench.start({ home, args: MINIMAL });
    expect(next.output()).toContain('An earlier run did not stop cleanly');
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
  });
});

describe('what keeps the launcher from starting', () => {
  it('is another one on the same home: it is named with pid and address', async () => {
    const fleet = await bench.start({ args: MINIMAL });
    const words = await bench.refusal({ home: fleet.home, args: MINIMAL });
    expect(words).toContain(`Holdfast already runs in ${fleet.home} (pid ${fleet.pid}, ${fleet.url})`);
    expect(fleet.processes()).toHaveLength(6);
    const reset = await command(['--reset'], { HOLDFAST_HOME: fleet.home });
    expect(reset).toMatchObject({ code: 1, text: expect.stringContaining('stop it first') });
    expect((await fetch(fleet.url)).status).toBe(200);
  });

  it('is not another one with another home and port', async () => {
    const fleets = await Promise.all([bench.start({ args: MINIMAL }), bench.start({ args: MINIMAL })]);
    for (const { url } of fleets) expect((await fetch(url)).status).toBe(200);
  });

  it.each(['GATEWAY_PORT', 'POSTGRES_PORT', 'REDIS_PORTS'])(
    'is a taken port: the sentence names %s',
    async (variable) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const env = { [variable]: String(port) };
      const { code, text } = await command(MINIMAL, {
        GATEWAY_PORT: '31999',
        HOLDFAST_HOME: bench.newHome(),
        ...env,
      });
      server.close();
      expect(text.trim()).toMatch(
        new RegExp(
          `^Port ${port} is taken by another program: set ${variable} to another, for example ${variable}=\\d+\\.$`,
        ),
      );
      expect(code).toBe(1);
    },
  );

  it('is a home that is a file, in one sentence without a stack', async () => {
    const home = join(bench.newHome(), 'file');
    writeFileSync(home, '');
    const { code, text } = await command(MINIMAL, { HOLDFAST_HOME: home });
    expect(text).toMatch(/^.* is not a folder: set HOLDFAST_HOME .*\n$/);
    expect(code).toBe(1);
  });

  it('is a wrong option, with exit code 2', async () => {
    const { code, text } = await command(['--minmal'], {});
    expect(text).toMatch(/--minmal.*"npm start -- --help" lists the options\.\n$/);
    expect(code).toBe(2);
  });

  it('is a process that cannot start: the end of its log is shown and nothing is left', async () => {
    const home = bench.newHome();
    const off = join(bench.standIns.root, 'broken-order-1');
    writeFileSync(off, '');
    const words = await bench.refusal({ home, args: MINIMAL });
    rmSync(off);
    expect(words).toMatch(
      /order-1 did not start \(exit code 3\); the end of .*order-1\.log:\n\s+cannot start: the switch is off/,
    );
    expect(readdirSync(home)).not.toContain('processes.json');
    expect(readdirSync(home)).not.toContain('launcher.json');
  });
});

describe('the home of a running fleet', () => {
  it('holds files for their owner alone, and folders that nobody else can open', async () => {
    const fleet = await bench.start({});
    const entries = readdirSync(fleet.home, { recursive: true, encoding: 'utf8' });
    expect(entries).toEqual(
      expect.arrayContaining([
        'secrets.json',
        'run.json',
        'env/auth.env',
        'outbox/auth-1.txt',
        'logs/auth-1.log',
      ]),
    );
    const loose = entries.flatMap((entry) => {
      const entity = lstatSync(join(fleet.home, entry), { throwIfNoEntry: false });
      // Postgres recycles its files while we look.
      if (entity === undefined) return [];
      const wanted = entity.isDirectory() ? 0o700 : 0o600;
      const mode = entity.mode & 0o777;
      return mode === wanted ? [] : [`${entry}: ${mode.toString(8)}`];
    });
    expect(loose).toEqual([]);
    expect(fleet.output()).toMatch(/Mail +\S+outbox: what the platform would send, one file each/);
  });
});

describe('a process that crashes again and again', () => {
  it('is tried less and less often, in clear sentences, and comes back once it can', async () => {
    const fleet = await bench.start({ args: MINIMAL, env: { RESTART_DELAY_MS: '20' } });
    const off = join(bench.standIns.root, 'broken-order-1');
    writeFileSync(off, '');
    const before = byId(fleet, 'order-1');
    kill(before);
    const tired = /order-1 did not start \(exit code 3\), 5 times in a row .* it starts again in 1\.0 s\./;
    expect(await until(() => tired.test(fleet.output()), WITHIN)).toBe(true);
    expect(fleet.output()).toContain('cannot start: the switch is off');
    rmSync(off);
    expect(await comesBack(fleet, before)).toBe(true);
    // What it says comes through a pipe, and may be later than the file that it wrote.
    const back = `order-1 is back (pid ${byId(fleet, 'order-1').pid}).`;
    expect(await until(() => fleet.output().includes(back), WITHIN)).toBe(true);
  });
});

describe('--reset', () => {
  it('forgets all data and secrets', async () => {
    const home = join(bench.newHome(), 'home');
    mkdirSync(home);
    const fleet = await bench.start({ home, args: MINIMAL });
    await bench.stop(fleet);
    const { code } = await command(['--reset'], { HOLDFAST_HOME: home });
    expect(code).toBe(0);
    expect(existsSync(home)).toBe(false);
    const next = await bench.start({ home, args: MINIMAL });
    expect(next.admin.password).not.toBe(fleet.admin.password);
  });
});
