import { runCommand } from './run-command.js';
import type { RedisServerSource } from './redis-program.js';

/** A program and its arguments. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

/** How to start a server with this configuration file; `name` is the container's, where there is one. */
export function redisCommand(
  source: RedisServerSource,
  name: string,
  configFile: string,
  dir: string,
): CommandLine {
  const sentinel = name.includes('sentinel') ? ['--sentinel'] : [];
  if (source.kind === 'program') return { file: source.file, args: [configFile, ...sentinel] };
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const run = ['run', '--rm', '--network', 'host', '--user', user, '--name', name, '-v', `${dir}:${dir}`];
  return { file: source.file, args: [...run, source.image, 'redis-server', configFile, ...sentinel] };
}

/** Removes the container of a client that was killed: its server goes on otherwise. */
export async function removeContainer(source: RedisServerSource, name: string): Promise<void> {
  if (source.kind === 'docker') await runCommand(source.file, ['rm', '-f', name], { timeoutMs: 20_000 });
}
