import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceFile } from './private-files.js';
import type { OwnedProcess } from './end-processes.js';
import { startToken } from './process-identity.js';
import type { ReaperOrder } from './reaper.js';

// From `src` and from `dist` alike: what is started is always the built file.
const REAPER = fileURLToPath(new URL('../dist/reaper.js', import.meta.url));

/**
 * Who we started. A tiny process at the other end of a pipe ends them all when this process is gone, however it went;
 * a file tells the next start about them, should that one be gone too.
 */
export class ProcessLedger {
  private readonly owned = new Map<number, OwnedProcess>();
  private reaper: ChildProcess | undefined;
  private closed = false;

  /** `file` keeps the list for the next start; `deleteAfter` is what the reaper deletes before it ends the processes. */
  constructor(
    private readonly file?: string,
    private readonly deleteAfter: readonly string[] = [],
  ) {
    this.watchOver();
  }

  /** Remembers a child that was just started. */
  add(child: { pid: number; id: string; rank: number; signal: OwnedProcess['signal'] }): void {
    const token = startToken(child.pid);
    if (token === undefined) return;
    const owned = { ...child, token };
    this.owned.set(child.pid, owned);
    this.tell({ add: owned });
    this.save();
  }

  /** Forgets a child that has ended. */
  remove(pid: number): void {
    if (!this.owned.delete(pid)) return;
    this.tell({ remove: pid });
    this.save();
  }

  /** Lets the reaper go; whatever is still remembered is ended by it. Resolves when it is gone. */
  async close(): Promise<void> {
    this.closed = true;
    const { reaper } = this;
    if (reaper !== undefined && reaper.exitCode === null) {
      await new Promise((resolve) => {
        reaper.once('exit', resolve);
        reaper.ref();
        reaper.stdin?.end();
      });
    }
    if (this.file !== undefined) rmSync(this.file, { force: true });
  }

  private watchOver(): void {
    this.reaper = spawn(process.execPath, [REAPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // A reaper that was killed leaves a broken pipe behind; the next one is told everything again.
    this.reaper.stdin?.on('error', () => undefined);
    this.reaper.on('error', () => undefined);
    this.reaper.once('exit', () => {
      if (!this.closed) setTimeout(() => this.closed || this.watchOver(), 250).unref();
    });
    this.reaper.unref();
    (this.reaper.stdin as unknown as { unref?(): void } | null)?.unref?.();
    for (const path of this.deleteAfter) this.tell({ thenDelete: path });
    for (const owned of this.owned.values()) this.tell({ add: owned });
  }

  private tell(order: ReaperOrder): void {
    this.reaper?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  private save(): void {
    if (this.file === undefined) return;
    try {
      replaceFile(this.file, JSON.stringify([...this.owned.values()]));
    } catch {
      // A disk that is full must not end the platform. The reaper knows, and the next change writes the whole list.
    }
  }
}

/** What an earlier run wrote down about its processes; empty if there was none, or nothing readable. */
export function readLedger(file: string): OwnedProcess[] {
  try {
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(list) ? (list as OwnedProcess[]) : [];
  } catch {
    return [];
  }
}
