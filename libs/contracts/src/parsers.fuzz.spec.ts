import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ZodType } from 'zod';
import { displayNameSchema, emailSchema, newPasswordSchema } from './account.js';
import { productIdSchema } from './cart.js';
import { currencySchema, localeSchema } from './locale.js';
import { idempotencyKeySchema } from './order.js';
import { cursorOf, idOfCursor, pageQuery } from './pagination.js';
import { allRoutes } from './routes.js';
import { secondFactorCodeSchema } from './sign-in.js';

/** As long as a body may be. */
const LONG = 65_536;

const texts = {
  email: emailSchema,
  'new password': newPasswordSchema,
  'display name': displayNameSchema,
  'product id': productIdSchema,
  'idempotency key': idempotencyKeySchema,
  locale: localeSchema,
  currency: currencySchema,
  'second factor': secondFactorCodeSchema,
  cursor: pageQuery.shape.cursor,
};

const inputs = allRoutes.flatMap(({ method, path, params, query, headers, body }) =>
  Object.entries({ params, query, headers, body: body?.schema }).flatMap(([part, schema]) =>
    schema ? [{ name: `${part} of ${method} ${path}`, schema }] : [],
  ),
);

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  // Halves of characters too: JSON can carry them.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.emailAddress(),
  fc.uuid(),
);

/** What is nearly right finds more than what is not right at all: examples, and members of them replaced. */
function near(schema: ZodType) {
  const examples = (schema.meta()?.['examples'] ?? []) as object[];
  const member = fc.oneof(anyText, fc.jsonValue(), fc.double(), fc.constantFrom(0, -1, 2 ** 53, '', null));
  const replaced = (example: object) =>
    fc
      .record(Object.fromEntries(Object.keys(example).map((key) => [key, fc.option(member)])))
      .map((members) => ({ ...example, ...members }));
  return fc.oneof(fc.anything(), fc.jsonValue(), fc.dictionary(anyText, member), ...examples.map(replaced));
}

describe.each(Object.entries<ZodType>(texts))('the parser of a text: %s', (_name, schema) => {
  it('takes or refuses any text, and takes what it made of one as it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const first = schema.safeParse(text);
        expect(first.success ? schema.safeParse(first.data).data : undefined).toBe(first.data);
      }),
      { numRuns: 500 },
    );
  });

  it('lets no control character through, wherever it stands, and no half character', () => {
    const control = fc.integer({ min: 0, max: 0x9f }).filter((code) => code < 0x20 || code > 0x7e);
    const unwanted = fc.oneof(control, fc.integer({ min: 0xd800, max: 0xdfff }));
    const plain = fc.string({ minLength: 6, maxLength: 12 });
    fc.assert(
      fc.property(plain, unwanted, plain, (before, code, after) => {
        const parsed = schema.safeParse(`${before}${String.fromCharCode(code)}${after}`);
        expect(parsed.success).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  // What takes the square of the length would take minutes here.
  it.each(['a', ' ', '-', 'a-', '.', '@', 'a@', 'a.', '\u0301', '\u200d', '👩🏽‍🚀', '\ud83d', '\u0000'])(
    'is done with 64 KiB of %j at once',
    (unit) => {
      const long = unit.repeat(LONG / unit.length);
      for (const text of [long, `a${long}`, `${long}!`, `a@${long}.example`, `a@b.${long}`]) {
        expect(String(schema.safeParse(text).data ?? '').length).toBeLessThanOrEqual(254);
      }
    },
  );
});

describe.each(inputs)('the $name', ({ schema }) => {
  it('is taken or refused, never thrown at, and nothing but what is known comes out', () => {
    fc.assert(
      fc.property(near(schema), (input) => {
        const first = schema.safeParse(input);
        if (!first.success) expect(first.error.issues).not.toHaveLength(0);
        else expect(schema.parse(first.data)).toEqual(first.data);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a cursor', () => {
  it('is one that leads back to its entry, or none', () => {
    fc.assert(fc.property(fc.uuid(), (id) => expect(idOfCursor(cursorOf(id))).toBe(id)));
    fc.assert(
      fc.property(fc.oneof(anyText, fc.base64String()), (text) => {
        try {
          expect(cursorOf(idOfCursor(text))).toBe(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_VALIDATION' });
        }
      }),
    );
  });
});
