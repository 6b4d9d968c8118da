import { readLayout } from './layout.js';
import { awaitFollower, switchPrimary } from './switch-primary.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

// Broken off in the middle, the old primary would go on refusing writes. It is over within seconds, whatever happens.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => say('One moment: it is nearly done.'));

try {
  const layout = await readLayout(process.env['HOLDFAST_HOME'] ?? '.holdfast');
  const { from } = await switchPrimary(layout, say);
  await awaitFollower(layout, from);
  say(`${from} follows it. Nothing that was acknowledged is lost.`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
