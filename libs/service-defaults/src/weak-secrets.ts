/** Fewer different characters than this no encoder of 32 random bytes produces: hex has 16, of which 64 digits miss few. */
const LEAST_DISTINCT = 10;

/** What is repeated with a longer period is a secret of its own. */
const LONGEST_PERIOD = 42;

/** What people write into configurations instead of a secret, in lower case. Random base64url has none of them in a million years. */
const WORDS = [
  'changeme',
  'change-me',
  'change_me',
  'default',
  'example',
  'generate',
  'holdfast',
  'insecure',
  'notsecret',
  'password',
  'passw0rd',
  'placeholder',
  'replace',
  'supersecret',
  'topsecret',
  'your-secret',
  'your_secret',
  'yoursecret',
];

/** Keys that are printed in standards and copied from there, as base64url. */
const PUBLISHED: ReadonlySet<string> = new Set([
  // RFC 7515 A.1 (and RFC 7519's example), RFC 7515 A.3 and RFC 7517 A.3
  'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
  // RFC 7520 3.5
  'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg',
]);

/**
 * Why a secret of the right length is none, or `undefined`: few different characters, a pattern that repeats or
 * climbs, a word for "not set yet", a key out of a standard (ASVS 5.0 13.3.1). Never shows the value.
 */
export function weaknessOf(secret: string): string | undefined {
  if (PUBLISHED.has(secret)) return 'is a published example';
  if (new Set(secret).size < LEAST_DISTINCT) return 'has too few different characters';
  const bytes = Buffer.from(secret, 'base64url').toString('latin1');
  if (isPattern(secret) || isPattern(bytes)) return 'is a pattern';
  const lower = secret.toLowerCase();
  return WORDS.some((word) => lower.includes(word)) ? 'looks like a placeholder' : undefined;
}

/** It repeats something too short to be a secret itself, or most characters follow from the one before: `abcd…`, `9876…`. */
function isPattern(text: string): boolean {
  const half = Math.floor(text.length / 2);
  for (let period = 1; period <= Math.min(half, LONGEST_PERIOD); period += 1) {
    if (text.startsWith(text.slice(period))) return true;
  }
  let steps = 0;
  for (let index = 1; index < text.length; index += 1) {
    if (Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) <= 1) steps += 1;
  }
  return steps >= half;
}
