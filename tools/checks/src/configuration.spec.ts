import { describe, expect, it } from '@jest/globals';
import { configuration } from './configuration.js';
import { Repository } from './repository.js';

const HEAD = '| variable | read by | default | meaning |\n| --- | --- | --- | --- |\n';
const FILES = {
  'libs/service-defaults/src/environment.ts': `
    export const serviceEnvironment = {
      PORT: z.coerce.number().default(0),
      LIMIT_MS: milliseconds(30_000),
      OLDER: z.array(z.string()).default([]),
      SESSION_SECRET: secret('SESSION_SECRET'),
    };`,
  'apps/auth/src/config.ts': `
    const schema = z.object({ ...serviceEnvironment, ADMIN: z.string().optional() });`,
  'tools/launcher/start.mjs': "const home = process.env['HOLDFAST_HOME'] ?? process.env['HOME'];",
  'docs/reference/configuration.md': `${HEAD}
| variable | read by | default | meaning |
| --- | --- | --- | --- |
| \`PORT\` | all | \`0\` | where |
| \`LIMIT_MS\` | all | \`30000\` | how long |
| \`OLDER\` | all | optional | a list |
| \`SESSION_SECRET\` | all | required | keys |
| \`ADMIN\` | auth | optional | who |
| \`HOLDFAST_HOME\` | launcher | \`.holdfast\` | data |
`,
  'docker/compose.yaml': `
services:
  auth:
    build: { args: { APP: auth } }
    environment: { SESSION_SECRET: '\${SESSION_SECRET:?make one}', PORT: '3000' }
`,
  'docker/.env.example': 'SESSION_SECRET=\n',
};

function faults(changes: Partial<Record<keyof typeof FILES, (text: string) => string>> = {}) {
  const changed = Object.entries(FILES).map(([path, text]) => [
    path,
    changes[path as keyof typeof FILES]?.(text) ?? text,
  ]);
  return configuration.run(Repository.ofFiles(Object.fromEntries(changed) as Record<string, string>));
}

describe('the check of the configuration', () => {
  it('passes when code, reference, compose file and example agree', () => {
    expect(faults()).toEqual([]);
  });

  it('fails for a variable that is not documented', () => {
    const more = (text: string) => text.replace('ADMIN:', 'EXTRA: z.string().optional(), ADMIN:');
    expect(faults({ 'apps/auth/src/config.ts': more })).toEqual([
      expect.stringContaining('EXTRA, which auth reads'),
    ]);
    const launcher = (text: string) => `${text} process.env['REDIS_PORTS']`;
    expect(faults({ 'tools/launcher/start.mjs': launcher })).toEqual([
      expect.stringContaining('REDIS_PORTS'),
    ]);
  });

  it('fails for a documented variable that nobody reads, and for another default', () => {
    const reference = (text: string) =>
      text.replace('30000', '20000').replace('| `ADMIN` | auth', '| `ROOT` | auth');
    expect(faults({ 'docs/reference/configuration.md': reference })).toEqual([
      expect.stringContaining('ADMIN, which auth reads, is missing'),
      expect.stringContaining('auth does not read ROOT'),
      expect.stringContaining('LIMIT_MS is 30000 in the code, not 20000'),
    ]);
  });

  it('fails for a compose file that sets what nobody reads, or leaves out what is required', () => {
    const wrong = (text: string) => text.replace('{ SESSION_SECRET:', '{ SESSION_SECRETS:');
    expect(faults({ 'docker/compose.yaml': wrong })).toEqual([
      expect.stringContaining('sets SESSION_SECRETS'),
      expect.stringContaining('must set SESSION_SECRET'),
    ]);
  });

  it('fails for an example that holds a secret, lacks a variable or has one too many', () => {
    const example = () => 'SESSION_SECRET=hunter2\nUNUSED=1\n';
    expect(faults({ 'docker/.env.example': example })).toHaveLength(2);
    expect(faults({ 'docker/.env.example': () => '\n' })).toEqual([
      expect.stringContaining('SESSION_SECRET is missing'),
    ]);
  });
});
