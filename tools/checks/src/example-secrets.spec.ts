import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { exampleSecrets } from './example-secrets.js';
import { Repository } from './repository.js';

const strong = createHash('sha256').update('an example').digest('base64url');

function faults(text: string, path = 'docs/reference/configuration.md') {
  return exampleSecrets.run(Repository.ofFiles({ [path]: text }));
}

describe('the check of example secrets', () => {
  it.each([
    ['no value', 'SESSION_SECRET=\nREFRESH_SECRET=\n'],
    ['a sentence about one', '`SESSION_SECRET`: 32 random bytes or more in base64url'],
    ['a required variable', 'SESSION_SECRET: ${SESSION_SECRET:?needs a secret, see docker/.env.example}'],
    ['one that is too short', 'SESSION_SECRET=change-me'],
  ])('passes %s', (_what, text) => {
    expect(faults(text)).toEqual([]);
  });

  it.each([
    ['an assignment', `SESSION_SECRET=${strong}`],
    ['YAML', `SIGNING_KEY_SECRET: '${strong}'`],
    ['a default', `SESSION_SECRET: \${SESSION_SECRET:-${strong}}`],
    ['a table', `| \`CLIENT_SECRET\` | \`${strong}\` |`],
    ['a name of its own', `GATEWAY_CLIENT_SECRET="${strong}"`],
  ])('fails for one in %s', (_what, text) => {
    expect(faults(text)).toEqual([expect.stringContaining('may be accepted')]);
  });

  it('looks into documents, compose files and examples', () => {
    for (const path of ['README.md', 'docker/compose.yaml', 'docker/.env.example']) {
      expect(faults(`A_SECRET=${strong}`, path)).toHaveLength(1);
    }
  });
});
