import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LogFiles, readable } from './log-files.js';

const made: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-logs-'));
  made.push(path);
  return path;
}

afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

describe('the log of a process', () => {
  it('is its owner’s alone, and begins anew with the launcher; the one before stays beside it', () => {
    const path = folder();
    appendFileSync(join(path, 'order-1.log'), 'yesterday\n');
    const logs = new LogFiles(path);
    const { fd } = logs.open('order-1');
    writeSync(fd, 'today\n');
    logs.close(fd);
    expect(readFileSync(logs.path('order-1'), 'utf8')).toBe('today\n');
    expect(readFileSync(`${logs.path('order-1')}.1`, 'utf8')).toBe('yesterday\n');
    expect(statSync(logs.path('order-1')).mode & 0o777).toBe(0o600);
  });

  it('goes on after a restart of the process, and shows the end of this run only', () => {
    const logs = new LogFiles(folder());
    const first = logs.open('order-1');
    writeSync(first.fd, 'of the first run\n');
    logs.close(first.fd);
    const second = logs.open('order-1');
    writeSync(second.fd, '\nof the second run\n');
    expect(logs.tail('order-1', second.from)).toEqual(['of the second run']);
    logs.close(second.fd);
  });

  it('is emptied when it has grown too large, and its writer goes on', () => {
    const logs = new LogFiles(folder(), 10);
    const { fd } = logs.open('order-1');
    writeSync(fd, 'a long line indeed\n');
    logs.rotate();
    writeSync(fd, 'next\n');
    logs.rotate();
    expect(readFileSync(logs.path('order-1'), 'utf8')).toBe('next\n');
    expect(readFileSync(`${logs.path('order-1')}.1`, 'utf8')).toBe('a long line indeed\n');
    logs.close(fd);
  });

  it('is shown as a person reads it', () => {
    expect(readable('{"level":60,"msg":"cannot start","err":{"message":"no database"}}')).toBe(
      'cannot start: no database',
    );
    expect(readable('{"level":30}')).toBe('{"level":30}');
    expect(readable('{ not json')).toBe('{ not json');
    expect(readable('plain')).toBe('plain');
  });
});
