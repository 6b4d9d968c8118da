/** What servers, images and guides come with. */
const DEFAULTS: ReadonlySet<string> = new Set([
  'admin',
  'changeit',
  'changeme',
  'default',
  'docker',
  'example',
  'foobared',
  'guest',
  'holdfast',
  'letmein',
  'pass',
  'passw0rd',
  'password',
  'postgres',
  'postgresql',
  'redis',
  'root',
  'secret',
  'test',
]);

/** So many digits may be random. */
const LEAST_DIGITS = 20;

/** Whether everybody tries this password first: a default in any case, also with digits or punctuation after it, or some digits only. */
export function isDefaultPassword(password: string): boolean {
  const lower = password.toLowerCase();
  const bare = lower.replace(/[\d\p{P}\p{S}]+$/u, '');
  return bare === '' ? password.length < LEAST_DIGITS : DEFAULTS.has(lower) || DEFAULTS.has(bare);
}

/** The same of the password inside a URL, where the user's name is none either. No password at all is none of these. */
export function hasDefaultPassword(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  if (password === '') return false;
  return password.toLowerCase() === username.toLowerCase() || isDefaultPassword(decoded(password));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
