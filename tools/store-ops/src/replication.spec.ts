import { describe, expect, it } from '@jest/globals';
import { hasAllOf, parseReplication, type Replication } from './replication.js';

const PRIMARY = [
  'role:master',
  'connected_slaves:2',
  'slave0:ip=127.0.0.1,port=7001,state=online,offset=90,lag=0',
  'slave1:ip=127.0.0.1,port=7002,state=wait_bgsave,offset=0,lag=0',
  'master_replid:abc',
  'master_repl_offset:100',
].join('\r\n');
const REPLICA = [
  'role:slave',
  'master_host:127.0.0.1',
  'master_link_status:up',
  'slave_read_repl_offset:101',
  'slave_repl_offset:100',
  'master_replid:abc',
  'master_repl_offset:100',
].join('\r\n');

describe('the replication of a data node', () => {
  it('is read from a primary, which counts the replicas that hear it', () => {
    expect(parseReplication(PRIMARY)).toEqual({
      role: 'master',
      historyId: 'abc',
      offset: 100,
      linkUp: true,
      followers: 1,
    });
  });

  it('is read from a replica, with what it has applied', () => {
    expect(parseReplication(REPLICA)).toMatchObject({ role: 'slave', offset: 100, linkUp: true });
    const cut = REPLICA.replace('master_link_status:up', 'master_link_status:down');
    expect(parseReplication(cut)).toMatchObject({ linkUp: false });
  });

  it('is nothing where the answer is an error', () => {
    expect(parseReplication('-LOADING Redis is loading the dataset in memory\r\n')).toBeUndefined();
  });
});

describe('a replica', () => {
  const primary = parseReplication(PRIMARY) as Replication;
  const replica = parseReplication(REPLICA) as Replication;

  it('has all of its primary at the same offset or after it', () => {
    expect(hasAllOf(primary, replica)).toBe(true);
    expect(hasAllOf(primary, { ...replica, offset: 114 })).toBe(true);
  });

  it.each<[string, Replication | undefined]>([
    ['an earlier offset', { ...replica, offset: 99 }],
    ['another history', { ...replica, historyId: 'def' }],
    ['an offset that cannot be read', { ...replica, offset: Number.NaN }],
    ['the role of a primary', { ...replica, role: 'master' }],
    ['no answer', undefined],
  ])('lacks something with %s', (_what, other) => {
    expect(hasAllOf(primary, other)).toBe(false);
  });
});
