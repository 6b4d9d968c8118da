import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LauncherError } from './errors.js';
import { deleteHome, diskFailure, openHome } from './home.js';
import { loadSecrets } from './secrets.js';

const made: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-home-'));
  made.push(path);
  return path;
}

afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the home folder', () => {
  it('is made with all below it for its owner alone', () => {
    const home = openHome(join(folder(), 'new', 'home'));
    for (const path of [home.path, home.logs, home.env, home.outbox, home.redis])
      expect(modeOf(path)).toBe(0o700);
  });

  it('is closed to others where it was open', () => {
    const path = folder();
    chmodSync(path, 0o755);
    mkdirSync(join(path, 'logs'), { mode: 0o755 });
    const home = openHome(path);
    for (const each of [path, home.logs]) expect(modeOf(each)).toBe(0o700);
  });

  it('refuses a folder that holds other things', () => {
    const path = folder();
    writeFileSync(join(path, 'thesis.txt'), 'years of work');
    expect(() => openHome(path)).toThrow(/holds other things .* set HOLDFAST_HOME/);
    expect(modeOf(path)).toBe(0o700);
  });

  it('refuses a file in its place with one sentence', () => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    expect(() => openHome(path)).toThrow(/is not a folder: set HOLDFAST_HOME/);
  });

  it.each([
    ['ENOSPC', /is full: free some space, or set HOLDFAST_HOME/],
    ['EROFS', /is not ours to write in/],
    ['EACCES', /is not ours to write in/],
  ])('turns %s into one sentence', (code, sentence) => {
    const failure = diskFailure(Object.assign(new Error(code), { code }), '/srv/h');
    expect(failure).toBeInstanceOf(LauncherError);
    expect(String(failure)).toMatch(sentence);
  });

  it('is deleted with what the launcher made, and nothing else', () => {
    const home = openHome(folder());
    loadSecrets(home);
    writeFileSync(join(home.path, 'notes.txt'), 'mine');
    expect(deleteHome(home.path)).toEqual(['notes.txt']);
    expect(existsSync(home.secretsFile)).toBe(false);
    const empty = openHome(folder());
    expect(deleteHome(empty.path)).toEqual([]);
    expect(existsSync(empty.path)).toBe(false);
  });
});

describe('the secrets', () => {
  it('are made once, different in each home, in a file for its owner alone', () => {
    const home = openHome(folder());
    const secrets = loadSecrets(home);
    expect(loadSecrets(home)).toEqual(secrets);
    expect(modeOf(home.secretsFile)).toBe(0o600);
    expect(loadSecrets(openHome(folder())).sessionSecret).not.toBe(secrets.sessionSecret);
    expect(Buffer.from(secrets.sessionSecret, 'base64url')).toHaveLength(32);
  });

  it('are not made anew beside data that needs the old ones', () => {
    const home = openHome(folder());
    mkdirSync(home.postgres);
    expect(() => loadSecrets(home)).toThrow(/is missing, .* "npm run reset"/);
  });

  it('are completed where an older version made them, and stay the same after that', () => {
    const home = openHome(folder());
    const { accountSecret, gatewayClientSecret, userClientSecret, orderClientSecret, ...older } =
      loadSecrets(home);
    writeFileSync(home.secretsFile, JSON.stringify(older), { mode: 0o644 });
    mkdirSync(home.postgres);
    const secrets = loadSecrets(home);
    expect(secrets).toMatchObject(older);
    const added = [secrets.accountSecret, secrets.gatewayClientSecret, secrets.userClientSecret];
    for (const secret of [...added, secrets.orderClientSecret]) {
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
      expect([accountSecret, gatewayClientSecret, userClientSecret, orderClientSecret]).not.toContain(secret);
    }
    expect(modeOf(home.secretsFile)).toBe(0o600);
    expect(loadSecrets(home)).toEqual(secrets);
  });

  it.each([{ accountSecret: '' }, { accountSecret: 7 }, { sessionSecret: undefined }])(
    'are not completed where one is damaged (%j)',
    (damage) => {
      const home = openHome(folder());
      writeFileSync(home.secretsFile, JSON.stringify({ ...loadSecrets(home), ...damage }));
      expect(() => loadSecrets(home)).toThrow(/is damaged/);
    },
  );

  it.each(['', '{', '{}', '[]', 'null'])('are never replaced when their file is damaged (%j)', (text) => {
    const home = openHome(folder());
    writeFileSync(home.secretsFile, text);
    expect(() => loadSecrets(home)).toThrow(/is damaged/);
    expect(readFileSync(home.secretsFile, 'utf8')).toBe(text);
  });
});
