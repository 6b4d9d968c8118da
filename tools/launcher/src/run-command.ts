import { spawn } from 'node:child_process';

/** What a finished command left: its exit code (`undefined`: it could not run, or a signal ended it) and both its streams. */
export interface CommandResult {
  readonly code: number | undefined;
  readonly output: string;
}

/** Runs a command to its end without a shell; never throws. `timeoutMs` (default 5 min) ends it. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, args, {
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 300_000,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', (error) => resolve({ code: undefined, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}

/** The last lines of a text that are not empty, 8 by default. */
export function lastLines(text: string, count = 8): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
}
