import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { endProcesses } from './end-processes.js';
import { startToken, stillRuns } from './process-identity.js';

const sleeper = (script = 'setInterval(() => {}, 1000)') =>
  spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });

describe('the identity of a process', () => {
  it('holds while it runs', () => {
    const token = startToken(process.pid) ?? '';
    expect(stillRuns({ pid: process.pid, token })).toBe(true);
  });

  it('is not that of another process with the same pid', () => {
    expect(stillRuns({ pid: process.pid, token: 'of an earlier one' })).toBe(false);
  });

  it('is gone with the process', async () => {
    const child = sleeper('');
    const pid = child.pid ?? 0;
    await once(child, 'exit');
    expect(startToken(pid)).toBeUndefined();
  });
});

describe('ending processes', () => {
  it('ends ours in their order, kills one that will not end, and spares a stranger with a remembered pid', async () => {
    const polite = sleeper();
    const stubborn = sleeper("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)");
    const stranger = sleeper();
    const exits = [polite, stubborn].map(async (child): Promise<unknown> => (await once(child, 'exit'))[1]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const owned = (child: typeof polite, rank: number, token = startToken(child.pid ?? 0) ?? '') => ({
      pid: child.pid ?? 0,
      id: `rank-${rank}`,
      rank,
      signal: 'SIGTERM' as const,
      token,
    });
    const ended = await endProcesses(
      [owned(stubborn, 1), owned(polite, 0), owned(stranger, 0, 'another')],
      200,
    );
    expect(ended.map(({ id }) => id).sort()).toEqual(['rank-0', 'rank-1']);
    expect(await Promise.all(exits)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(stranger.exitCode).toBeNull();
    expect(startToken(stranger.pid ?? 0)).toBeDefined();
    stranger.kill('SIGKILL');
  });
});
