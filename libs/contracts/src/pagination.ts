import { z } from 'zod';
import { CodedError } from './errors.js';

const NOT_OURS = 'is not a cursor that this list gave out';

/** How many entries a page has when the client does not say. */
export const DEFAULT_PAGE_LIMIT = 20;

/**
 * Query of a list that is read page by page. `limit`: 1 to `most`, by default `usual`. `cursor`: the `nextCursor`
 * of the page before; opaque, whoever issued it checks what is in it.
 */
export const pageQueryUpTo = (most: number, usual = DEFAULT_PAGE_LIMIT) =>
  z.strictObject({
    limit: z.preprocess(
      digitsAsNumber,
      z.int().min(1).max(most).default(usual).meta({ description: 'Entries in a page.' }),
    ),
    cursor: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,128}$/, NOT_OURS)
      .optional()
      .meta({ description: '`nextCursor` of the page before; opaque.' }),
  });

/** The query of most lists: `limit` 1 to 100, default 20. */
export const pageQuery = pageQueryUpTo(100);

/** `null`: this was the last page. */
export const nextCursor = z.string().nullable().meta({ description: '`null` on the last page.' });

/** A validated page query. */
export type PageQuery = z.output<typeof pageQuery>;

/** The cursor behind an entry: its id, a UUID, in 22 characters that promise nothing. */
export function cursorOf(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

/** The id in a cursor. @throws CodedError `ERR_VALIDATION` if it is not one that `cursorOf` makes */
export function idOfCursor(cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) throw badCursor();
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The answer to a cursor that this list did not give out, or not to this user. */
export function badCursor(): CodedError {
  return new CodedError('ERR_VALIDATION', `cursor ${NOT_OURS}`, {
    errors: [{ path: 'cursor', message: NOT_OURS }],
  });
}

/** A query has only text. What JavaScript takes for a number besides (`0x10`, `1e1`, `+5`) stays text and is refused. */
function digitsAsNumber(value: unknown): unknown {
  return typeof value === 'string' && /^[0-9]+$/.test(value) ? Number(value) : value;
}
