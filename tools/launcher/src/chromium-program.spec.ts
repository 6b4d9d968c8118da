import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findChromium } from './chromium-program.js';

const before = { PATH: process.env['PATH'], CHROMIUM_PATH: process.env['CHROMIUM_PATH'] };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-path-'));
  process.env['PATH'] = folder;
  delete process.env['CHROMIUM_PATH'];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

function program(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return file;
}

describe('finding Chromium', () => {
  it('uses the one that CHROMIUM_PATH names before any other', async () => {
    program('chromium');
    process.env['CHROMIUM_PATH'] = '/opt/browser';
    expect(await findChromium()).toBe('/opt/browser');
  });

  it('takes chromium from the PATH, else a browser that is made of it', async () => {
    const chrome = program('google-chrome');
    expect(await findChromium()).toBe(chrome);
    const chromium = program('chromium');
    expect(await findChromium()).toBe(chromium);
  });

  it('names the one thing to type where nothing works', async () => {
    program('apt-get');
    const message = /Chromium is missing .* Type this, then start again: sudo apt-get install -y chromium$/;
    // A Mac may have one where no PATH leads.
    if (process.platform !== 'darwin') await expect(findChromium()).rejects.toThrow(message);
  });
});
