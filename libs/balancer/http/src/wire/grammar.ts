/**
 * A field line's name and value (RFC 9110 5.1, 5.5). What a value may hold leaves out CR, LF, NUL and the other controls; so
 * an obsolete fold (RFC 9112 5.2) and a bare CR or LF are no field lines.
 */
const NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TEXT = String.raw`[\t\x20-\x7e\x80-\xff]*`;
const FIELD_LINES = String.raw`(?:${NAME}:${TEXT}\r\n)*`;

/** A response's status line and field lines (RFC 9112 4, 5), each with its CRLF. The space before no reason may be missing. */
export const RESPONSE_HEAD = new RegExp(String.raw`^HTTP/1\.[01] [1-9]\d\d(?: ${TEXT})?\r\n${FIELD_LINES}$`);
/** How a response begins: enough to know that something else is spoken. */
export const RESPONSE_START = 'HTTP/1.';
/** Field lines alone: trailers. */
export const TRAILERS = new RegExp(`^${FIELD_LINES}$`);
/** The line before each chunk (RFC 9112 7.1): its size, at most 2^52, and extensions, which are nobody's. */
export const CHUNK_LINE = new RegExp(String.raw`^([0-9a-fA-F]{1,13})(?:[\t ]*;${TEXT})?$`);
export const FIELD_NAME = new RegExp(`^${NAME}$`);
/** Finds what a value must not hold, and what would not survive as Latin-1. */
export const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** A request target in origin form (RFC 9112 3.2.1), or the asterisk. */
export const TARGET = /^(?:\/[\x21-\x7e\x80-\xff]*|\*)$/;

/**
 * The names and values in field lines, flat, values without the white space around them.
 *
 * @param text - field lines that the grammar holds for good
 * @param from - where in it the first of them begins
 */
export function fieldsIn(text: string, from: number): string[] {
  const fields: string[] = [];
  let at = from;
  while (at < text.length) {
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    fields.push(text.slice(at, colon), trimmed(text, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

const TAB = 9;
const SPACE = 32;

function trimmed(text: string, start: number, end: number): string {
  let [from, to] = [start, end];
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
