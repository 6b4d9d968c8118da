import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { leaks, looseModes } from './leaks.js';
import { Repository } from './repository.js';

// Put together here, or the check would find them in this very file.
const glue = (...parts: readonly string[]) => parts.join('');

describe('the check of leaks', () => {
  it.each([
    ['a path of a machine', glue('see /wo', 'rk/main/x')],
    ['a private key', glue('-----BEGIN PRIV', 'ATE KEY-----')],
    ['a registry', glue('registr', 'y=https://registry.example/')],
    ['a credential', glue('//registry.example/:_auth', 'Token=x')],
  ])('fails for %s', async (_what, text) => {
    expect(await leaks.run(Repository.ofFiles({ 'a.txt': text }))).toHaveLength(1);
  });

  it('fails for a file of secrets, not for its example', async () => {
    expect(await leaks.run(Repository.ofFiles({ 'docker/.env': '' }))).toHaveLength(1);
    expect(await leaks.run(Repository.ofFiles({ 'docker/.env.example': '' }))).toEqual([]);
  });

  it('passes ordinary text', async () => {
    const text = 'framework/x https://host.example/work/x ./work/x';
    expect(await leaks.run(Repository.ofFiles({ 'a.txt': text }))).toEqual([]);
  });

  it('fails for a local secret that others may read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'leaks-'));
    try {
      mkdirSync(join(folder, 'env'));
      writeFileSync(join(folder, 'env', 'auth.env'), 'A=1', { mode: 0o600 });
      expect(looseModes(folder, 'linux')).toEqual([]);
      chmodSync(join(folder, 'env', 'auth.env'), 0o644);
      expect(looseModes(folder, 'linux')).toHaveLength(1);
      mkdirSync(join(folder, 'outbox'));
      writeFileSync(join(folder, 'outbox', 'mail.json'), '{}');
      chmodSync(join(folder, 'outbox', 'mail.json'), 0o644);
      expect(looseModes(folder, 'linux')).toHaveLength(2);
      expect(looseModes(join(folder, 'none'), 'linux')).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
