import { PASSWORD_LENGTH } from '@holdfast/contracts';
import { isCommon, isPredictable } from './common-passwords.js';

/** What people write in place of letters. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const SERVICE_NAME = 'holdfast';
/** Shorter parts of an address occur in good passwords by chance. */
const LOCAL_PART_MIN = 4;
const DISTINCT_MIN = 5;
/** What is repeated to reach the length counts once, and has to be this long. */
const UNIT_MIN = 8;
/** Shorter words stand in good passwords by chance. */
const WORD_MIN = 4;
/** So many of a password's steps from character to character may follow from the one before. */
const PREDICTABLE_MAX = 0.75;

/**
 * What is wrong with a new password, as a message; `undefined` if nothing is. No composition is asked for: it refuses
 * only what is guessed first (NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0 6.2). Those are the most common passwords, also
 * in capitals, with digits or punctuation around or between, in look-alike characters, or repeated to length; walks on
 * the keyboard and countings; and what contains the owner's e-mail, its local part, or the service's name.
 * Linear in the password's length.
 */
export function weaknessOf(password: string, email: string): string | undefined {
  const composed = Array.from(password.normalize('NFKC'));
  if (composed.length < PASSWORD_LENGTH.min) return `At least ${PASSWORD_LENGTH.min} characters`;
  const text = composed.join('').toLowerCase();
  if (containsEmail(text, email)) return 'Must not contain your e-mail address or the part before the @';
  if (text.includes(SERVICE_NAME)) return 'Must not contain the name of this service';
  if (isMonotonous(text)) return 'Too predictable: it repeats, counts, or follows the keyboard';
  if (formsOf(text).some(isCommonOrRepeated)) return 'Too common: it is among the first that are guessed';
  return undefined;
}

function containsEmail(text: string, email: string): boolean {
  const address = email.normalize('NFKC').toLowerCase();
  const local = address.slice(0, address.lastIndexOf('@'));
  return text.includes(address) || (local.length >= LOCAL_PART_MIN && text.includes(local));
}

function isMonotonous(text: string): boolean {
  const characters = Array.from(text);
  if (new Set(characters).size < DISTINCT_MIN || unitOf(characters).length < UNIT_MIN) return true;
  const steps = characters.slice(1);
  const predictable = steps.filter((after, n) => isPredictable(characters[n] ?? '', after)).length;
  return predictable >= steps.length * PREDICTABLE_MAX;
}

/** The password without what people dress a common one up with; where little is left of it, that says nothing. */
function formsOf(text: string): (readonly string[])[] {
  const characters = Array.from(text);
  const bare = characters.filter((character) => /[\p{L}\p{N}]/u.test(character));
  const letters = characters.filter(isLetter);
  // A pattern for the end would be tried from each place: this is linear.
  const trimmed = characters.slice(0, characters.findLastIndex(isLetter) + 1);
  const core = trimmed.slice(Math.max(0, trimmed.findIndex(isLetter)));
  const stripped = [trimmed, core, trimmed.map(spelt), core.map(spelt)];
  if (letters.length * 2 >= characters.length) stripped.push(letters);
  return [characters, bare, ...stripped.filter(({ length }) => length >= WORD_MIN)];
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}

function spelt(character: string): string {
  return LOOKALIKES[character] ?? character;
}

function isCommonOrRepeated(form: readonly string[]): boolean {
  return isCommon(form.join('')) || isCommon(unitOf(form).join(''));
}

/** The shortest beginning that makes the whole when it is repeated, the last time perhaps in part. Knuth, Morris, Pratt. */
function unitOf(characters: readonly string[]): readonly string[] {
  const borders = [0];
  for (let end = 1; end < characters.length; end += 1) {
    let border = borders[end - 1] ?? 0;
    while (border > 0 && characters[border] !== characters[end]) border = borders[border - 1] ?? 0;
    borders.push(characters[border] === characters[end] ? border + 1 : 0);
  }
  return characters.slice(0, characters.length - (borders.at(-1) ?? 0));
}
