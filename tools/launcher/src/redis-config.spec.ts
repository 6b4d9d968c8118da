import { describe, expect, it } from '@jest/globals';
import { lastElection, readSentinelConfig, redisConfig, sentinelConfig } from './redis-config.js';

const node = { port: 7001, dir: '/srv/h', replicated: true };

describe('the configuration of a Redis node', () => {
  it('refuses writes that no replica would have, and evicts nothing', () => {
    const lines = redisConfig(node).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'bind 127.0.0.1',
        'min-replicas-to-write 1',
        'min-replicas-max-lag 2',
        'maxmemory-policy noeviction',
        'appendonly yes',
        'appendfsync everysec',
        'repl-diskless-sync-delay 0',
        'replica-serve-stale-data no',
        'replica-priority 100',
      ]),
    );
  });

  it('asks a single node for no replicas', () => {
    expect(redisConfig({ ...node, replicated: false })).not.toContain('min-replicas');
  });

  it('names whom a replica follows', () => {
    expect(redisConfig({ ...node, replicaOf: 7002 })).toContain('\nreplicaof 127.0.0.1 7002\n');
    expect(redisConfig(node)).not.toContain('replicaof');
  });

  it('listens elsewhere than where it is reached, and says where that is', () => {
    const lines = redisConfig({ ...node, listenPort: 7011 }).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['port 7011', 'replica-announce-port 7001']));
    expect(redisConfig(node)).not.toContain('announce');
  });

  it('keeps a folder with spaces and quotes in one piece', () => {
    expect(redisConfig({ ...node, dir: '/srv/my "home"' })).toContain('dir "/srv/my \\"home\\""');
  });
});

describe('the memory of the Sentinels', () => {
  const config = {
    port: 7004,
    dir: '/srv/h',
    id: 'a'.repeat(40),
    epoch: 7,
    primaryPort: 7002,
    replicaPorts: [7001, 7003],
    others: [{ port: 7005, id: 'b'.repeat(40) }],
  };

  it('is read back from what they were started with', () => {
    expect(readSentinelConfig(sentinelConfig(config))).toEqual({ primaryPort: 7002, epoch: 7 });
  });

  it('is read from what a Sentinel has rewritten', () => {
    const text = 'port 7004\nsentinel config-epoch holdfast 12\nsentinel monitor holdfast 127.0.0.1 7003 2\n';
    expect(readSentinelConfig(text)).toEqual({ primaryPort: 7003, epoch: 12 });
  });

  it('comes with more patience than the second for which a Sentinel does not connect again', () => {
    const [, patience] = /down-after-milliseconds holdfast (\d+)/.exec(sentinelConfig(config)) ?? [];
    expect(Number(patience)).toBeGreaterThan(1_100);
  });

  it('is nothing where the file says nothing of our primary', () => {
    expect(readSentinelConfig('port 7004\n')).toBeUndefined();
  });

  it('is that of the latest election, whoever slept through it', () => {
    const asleep = { primaryPort: 7001, epoch: 3 };
    const awake = { primaryPort: 7003, epoch: 4 };
    expect(lastElection([asleep, awake, undefined])).toBe(awake);
    expect(lastElection([awake, asleep])).toBe(awake);
    expect(lastElection([undefined])).toBeUndefined();
  });
});
