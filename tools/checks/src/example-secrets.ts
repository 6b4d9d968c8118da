import type { Check } from './check.js';

const EXAMPLES = /\.(md|ya?ml|example)$/;
/**
 * A variable of a secret, at most six marks such as `=` or `: "` or `:-`, and what could be its value: the configuration takes 43
 * characters of base64url, and what is nearly as long invites to be filled up.
 */
const ASSIGNMENT = /\b(\w*SECRET\w*)(?=\W{1,6}[A-Za-z0-9][\w-]{31,})/g;

/** Nobody can copy a secret out of a document: none shows a value that the configuration would take. */
export const exampleSecrets: Check = {
  name: 'example-secrets',
  fact: 'no document, compose file or example shows a value that would be accepted as a secret',
  run(repository) {
    return repository
      .paths(EXAMPLES)
      .flatMap((path) =>
        [...(repository.text(path) ?? '').matchAll(ASSIGNMENT)].map(
          ([, name = '']) => `${path}: shows a value of ${name} that may be accepted: leave it out`,
        ),
      );
  },
};
