import { describe, expect, it } from '@jest/globals';
import { redisKeys } from './redis-keys.js';
import { Repository } from './repository.js';

const HEAD = '| key | type | holds | lives | written by, when |\n| --- | --- | --- | --- | --- |\n';
const row = (key: string, { type = 'string', lives = '1 s' } = {}) =>
  `| \`${key}\` | ${type} | a thing | ${lives} | somebody |\n`;
const KEYS = 'libs/a/src/keys.ts';

function faults(rows: string, source: string, path = KEYS) {
  return redisKeys.run(Repository.ofFiles({ 'docs/reference/redis-keys.md': HEAD + rows, [path]: source }));
}

describe('the check of Redis keys', () => {
  it('passes keys that are documented, whatever their names are called', () => {
    expect(faults(row('hf:lock'), "const KEY = 'hf:lock';")).toEqual([]);
    expect(faults(row('hf:i:<instance>'), 'const key = `hf:i:${id}`;')).toEqual([]);
    expect(faults(row('hf:{user}:i'), 'const key = `hf:{${userTag}}:i`;')).toEqual([]);
    expect(faults(row('hf:lock'), "const script = `redis.call('SET', 'hf:lock', 1)`;")).toEqual([]);
  });

  it.each([
    ['a key', "const KEY = 'hf:lock';", 'hf:lock'],
    ['a key with a name in it', 'const key = `hf:i:${id}`;', 'hf:i:<id>'],
    ['a key of a user', 'const key = `hf:{${tag}}:i`;', 'hf:{<tag>}:i'],
    ['a key in a script', "const script = `redis.call('SET', 'hf:lock', ${life})`;", 'hf:lock'],
    [
      'a key that a script makes for each session',
      "const script = `return base .. 's:' .. of`;",
      "base .. 's:'",
    ],
    ['a key that a script makes for each user', "const script = `return base .. 'h'`;", "base .. 'h'"],
    ['what code appends to a key', 'const key = `${counter}:queue`;', '<counter>:queue'],
    ['a key that is put together', "const key = 'hf:' + name;", 'hf:'],
  ])('fails for %s that is not documented', (_what, source, said) => {
    expect(faults(row('hf:other'), `${source} const other = 'hf:other';`)).toEqual([
      expect.stringContaining(`${said} is missing, see ${KEYS}`),
    ]);
  });

  it('fails for a row that no code makes', () => {
    const gone = (key: string, source = '') => faults(row(key), source);
    expect(gone('hf:gone')).toEqual([expect.stringContaining('no code makes hf:gone')]);
    expect(gone('hf:{user}:z:<session>', "const script = `base .. 'z'`;")).toHaveLength(2);
    expect(gone('hf:rl:<count>:<subject>:rows', 'const prefix = `hf:rl:${name}`;')).toHaveLength(1);
  });

  it('knows what a library and a suffix make of a prefix', () => {
    const source = 'const prefix = `hf:rl:${name}`; const queue = `${key}:queue`;';
    const rows =
      row('hf:rl:<count>:<subject>') + row('hf:rl:<count>:<subject>:queue', { type: 'sorted set' });
    expect(faults(rows, source)).toEqual([]);
  });

  it('says nothing of tests and of patterns to look for', () => {
    const lock = "const lock = 'hf:lock';";
    expect(faults(row('hf:lock'), `${lock} const pattern = 'hf:{*}:[sd]:*';`)).toEqual([]);
    const files = { [KEYS]: lock, 'libs/a/src/keys.spec.ts': "const mine = 'hf:mine';" };
    const document = { 'docs/reference/redis-keys.md': HEAD + row('hf:lock') };
    expect(redisKeys.run(Repository.ofFiles({ ...files, ...document }))).toEqual([]);
  });

  it('fails for a row twice, an unknown type, no life, and no document', () => {
    const source = "const KEY = 'hf:lock';";
    expect(faults(row('hf:lock') + row('hf:lock'), source)).toEqual([expect.stringContaining('two rows')]);
    expect(faults(row('hf:lock', { type: 'zset' }), source)).toEqual([expect.stringContaining('"zset"')]);
    expect(faults(row('hf:lock', { lives: '' }), source)).toEqual([expect.stringContaining('how long')]);
    expect(faults(row('hf:lock', { type: 'channel', lives: '' }), source)).toEqual([]);
    expect(redisKeys.run(Repository.ofFiles({}))).toEqual([expect.stringContaining('has no row')]);
  });
});
