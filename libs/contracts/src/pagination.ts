import { z } from 'zod';

/** How many entries a page has when the client does not say. */
export const DEFAULT_PAGE_LIMIT = 20;

/**
 * Query of a list that is read page by page. `limit`: 1 to 100, default 20. `cursor`: the `nextCursor`
 * of the page before; opaque, whoever issued it checks what is in it.
 */
export const pageQuery = z.strictObject({
  limit: z.preprocess(
    digitsAsNumber,
    z.int().min(1).max(100).default(DEFAULT_PAGE_LIMIT).meta({ description: 'Entries in a page.' }),
  ),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/, 'is not a cursor that this list gave out')
    .optional()
    .meta({ description: '`nextCursor` of the page before; opaque.' }),
});

/** `null`: this was the last page. */
export const nextCursor = z.string().nullable().meta({ description: '`null` on the last page.' });

/** A validated page query. */
export type PageQuery = z.output<typeof pageQuery>;

/** A query has only text. What JavaScript takes for a number besides (`0x10`, `1e1`, `+5`) stays text and is refused. */
function digitsAsNumber(value: unknown): unknown {
  return typeof value === 'string' && /^[0-9]+$/.test(value) ? Number(value) : value;
}
