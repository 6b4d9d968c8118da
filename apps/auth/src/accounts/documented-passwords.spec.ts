import { readFileSync } from 'node:fs';
import { openApiDocument } from '@holdfast/contracts';
import { describe, expect, it } from '@jest/globals';
import { weaknessOf } from './password-policy.js';

// Whoever copies an example of ours is let in with it. Passwords stand in JSON bodies, wherever they are shown.

const PASSWORD = /"(?:password|newPassword)":\s*"([^"]+)"/g;
const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
const openApi = JSON.stringify(openApiDocument('http://127.0.0.1:8080'));

describe.each([
  ['the README', readme, 'you@example.test'],
  ['the OpenAPI document', openApi, 'ada@example.org'],
])('%s', (_name, text, email) => {
  const passwords = [...new Set([...text.matchAll(PASSWORD)].map(([, password = '']) => password))];

  it('shows passwords', () => {
    expect(passwords).not.toEqual([]);
    expect(text).toContain(email);
  });

  it.each(passwords)('shows %j, which is taken', (password) => {
    expect(weaknessOf(password, email)).toBeUndefined();
  });
});
