import { describe, expect, it } from '@jest/globals';
import { LauncherError } from './errors.js';
import { readCall, type Settings } from './settings.js';

function settingsOf(argv: string[], env: NodeJS.ProcessEnv = {}): Settings {
  const call = readCall(argv, env);
  if (call.kind !== 'start') throw new Error(`expected a start, got ${call.kind}`);
  return call.settings;
}

function refusal(argv: string[], env: NodeJS.ProcessEnv = {}): LauncherError {
  try {
    readCall(argv, env);
  } catch (error) {
    if (error instanceof LauncherError) return error;
  }
  throw new Error('it was not refused');
}

describe('the launcher’s command line', () => {
  it('starts a whole fleet on port 8080 without any argument', () => {
    expect(settingsOf([])).toMatchObject({
      gatewayPort: 8080,
      gatewayWorkers: 2,
      restartDelayMs: 1_000,
      minimal: false,
      strategy: undefined,
    });
  });

  it('keeps its home below the working directory, or where HOLDFAST_HOME says', () => {
    expect(settingsOf([]).home).toBe(`${process.cwd()}/.holdfast`);
    expect(settingsOf([], { HOLDFAST_HOME: '/srv/holdfast' }).home).toBe('/srv/holdfast');
  });

  it('takes one of each with --minimal, and passes a strategy on', () => {
    expect(settingsOf(['--minimal', '--strategy', 'store'])).toMatchObject({
      minimal: true,
      gatewayWorkers: 1,
      strategy: 'store',
    });
  });

  it('reads lists of ports', () => {
    const env = { REDIS_PORTS: '7001, 7002,7003', SENTINEL_PORTS: '7004,7005,7006', POSTGRES_PORT: '7007' };
    expect(settingsOf([], env)).toMatchObject({
      redisPorts: [7001, 7002, 7003],
      sentinelPorts: [7004, 7005, 7006],
      postgresPort: 7007,
    });
  });

  it('takes ports to listen at where something forwards to them, and only there', () => {
    const env = { REDIS_PORTS: '7001,7002,7003', REDIS_LISTEN_PORTS: '7011,7012,7013' };
    expect(settingsOf([], env)).toMatchObject({ redisListenPorts: [7011, 7012, 7013] });
    expect(refusal([], { REDIS_LISTEN_PORTS: '7011,7012,7013' }).message).toMatch(/needs REDIS_PORTS/);
  });

  it('treats an empty variable as one that is not set', () => {
    expect(settingsOf([], { GATEWAY_PORT: '', REDIS_PORTS: ' ' })).toMatchObject({
      gatewayPort: 8080,
      redisPorts: undefined,
    });
  });

  it.each([['--help'], ['-h']])('explains itself with %s, whatever else is wrong', (flag) => {
    expect(readCall([flag], { GATEWAY_PORT: 'x' })).toEqual({ kind: 'help' });
  });

  it.each([
    [['--minmal'], /minmal/],
    [['extra'], /extra/],
    [['--strategy'], /strategy/],
    [['--strategy', 'magic'], /--strategy must be token, store, hybrid; it is "magic"/],
  ])('refuses the arguments %j with one sentence and exit code 2', (argv, sentence) => {
    const { message, exitCode } = refusal(argv);
    expect(message).toMatch(sentence);
    expect(message).not.toContain('\n');
    expect(exitCode).toBe(2);
  });

  it.each([
    [{ GATEWAY_PORT: '0' }, 'GATEWAY_PORT must be a whole number from 1 to 65535; it is "0"'],
    [{ GATEWAY_PORT: '80a' }, 'GATEWAY_PORT must be'],
    [{ RESTART_DELAY_MS: '-1' }, 'RESTART_DELAY_MS must be'],
    [{ REDIS_PORTS: '7001,7002' }, 'REDIS_PORTS must be 3 different ports'],
    [{ SENTINEL_PORTS: '7001,7001,7002' }, 'SENTINEL_PORTS must be 3 different ports'],
    [{ POSTGRES_PORT: '70000' }, 'POSTGRES_PORT must be'],
  ])('refuses %j and names the variable', (env, sentence) => {
    expect(refusal([], env)).toMatchObject({ message: expect.stringContaining(sentence), exitCode: 2 });
  });

  it('reports all faults together', () => {
    const { message } = refusal(['--strategy', 'magic'], { GATEWAY_PORT: 'x', POSTGRES_PORT: 'y' });
    for (const name of ['--strategy', 'GATEWAY_PORT', 'POSTGRES_PORT']) expect(message).toContain(name);
  });
});
