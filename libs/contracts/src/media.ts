import type { ZodType } from 'zod';

/** A JSON body. */
export const json = <T extends ZodType>(schema: T) => ({ type: 'application/json' as const, schema });

/** An HTML form, as OAuth's clients send it. */
export const form = <T extends ZodType>(schema: T) => ({
  type: 'application/x-www-form-urlencoded' as const,
  schema,
});
