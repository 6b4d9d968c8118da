import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutboxMailer } from './outbox-mailer.js';

const clock = { now: () => Date.UTC(2026, 10, 21, 9, 30) };
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'It’s me.\n' };

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'outbox-'));
  folder = join(parent, 'not', 'there', 'yet');
});
afterEach(() => rm(parent, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('OutboxMailer', () => {
  it('writes one file a mail, for nobody else to read, and leaves no drafts', async () => {
    const mailer = new OutboxMailer(folder, clock);
    const expiresAt = clock.now() + 60_000;
    await mailer.send({ ...mail, token: 'the token', expiresAt });
    const [name = '', ...others] = await readdir(folder);
    expect(others).toEqual([]);
    expect(name).toMatch(/^2026-11-21T09-30-00\.000Z-[0-9a-f-]{36}\.json$/);
    expect(JSON.parse(await readFile(join(folder, name), 'utf8'))).toEqual({
      ...mail,
      token: 'the token',
      expiresAt: '2026-11-21T09:31:00.000Z',
      at: '2026-11-21T09:30:00.000Z',
    });
    expect(await modeOf(join(folder, name))).toBe(0o600);
    expect(await modeOf(folder)).toBe(0o700);
  });

  it('keeps all of many mails at one moment, and each without what it has not', async () => {
    const mailer = new OutboxMailer(folder, clock);
    await Promise.all(Array.from({ length: 20 }, () => mailer.send(mail)));
    const names = await readdir(folder);
    expect(names).toHaveLength(20);
    const written = JSON.parse(await readFile(join(folder, names[0] ?? ''), 'utf8')) as object;
    expect(Object.keys(written)).toEqual(['to', 'subject', 'text', 'at']);
  });
});
