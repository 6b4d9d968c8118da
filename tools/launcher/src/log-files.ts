import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { lastLines } from './run-command.js';

const LARGEST_BYTES = 20_000_000;

/** One file per process, mode 0600; the one before stays beside it as `<id>.log.1`. */
export class LogFiles {
  private readonly started = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly largestBytes = LARGEST_BYTES,
  ) {}

  /** Opens a process's log for it to append to; `from` is where this run of it begins. Close the descriptor after `spawn`. */
  open(id: string): { fd: number; from: number } {
    const path = this.path(id);
    if (!this.started.has(id) && existsSync(path)) renameSync(path, `${path}.1`);
    this.started.add(id);
    const fd = openSync(path, 'a', 0o600);
    return { fd, from: fstatSync(fd).size };
  }

  /** Closes a descriptor that `open` gave. */
  close(fd: number): void {
    closeSync(fd);
  }

  /** The last lines that a process wrote since `from`, readable. */
  tail(id: string, from: number): string[] {
    const text = readFileSync(this.path(id)).subarray(from).toString('utf8');
    return lastLines(text).map(readable);
  }

  /** Empties each log that has grown too large, after a copy. The writers append, so they go on at the new end. */
  rotate(): void {
    for (const id of this.started) {
      const path = this.path(id);
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < this.largestBytes) continue;
      try {
        copyFileSync(path, `${path}.1`);
      } catch {
        // No room for a copy: then none, and room again.
      }
      truncateSync(path);
    }
  }

  /** Where a process's log is. */
  path(id: string): string {
    return join(this.folder, `${id}.log`);
  }
}

/** A structured log line as a person wants to read it; any other line as it is. */
export function readable(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const { msg, err } = JSON.parse(line) as { msg?: unknown; err?: { message?: unknown } };
    const parts = [msg, err?.message].filter((part) => typeof part === 'string' && part !== '');
    return parts.length > 0 ? [...new Set(parts)].join(': ') : line;
  } catch {
    return line;
  }
}
