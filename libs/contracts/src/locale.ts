import { z } from 'zod';

/** RFC 5646, 4.4.1: a buffer of 35 characters holds any registered tag. */
const LONGEST_LOCALE = 35;

const currencies = new Set(Intl.supportedValuesOf('currency'));

function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined; // RangeError: structurally not a language tag
  }
}

/** A language tag by BCP 47 (RFC 5646), e.g. `de-CH`; comes out in its canonical form (`de-ch` → `de-CH`). */
export const localeSchema = z
  .string()
  .max(LONGEST_LOCALE, { abort: true })
  .refine((tag) => canonicalLocale(tag) !== undefined, 'is not a BCP 47 language tag')
  .overwrite((tag) => canonicalLocale(tag) ?? tag)
  .meta({ description: 'BCP 47 language tag, e.g. de-CH.' });

/** A currency code by ISO 4217 in capitals, e.g. `CHF`. */
export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, 'is not three capital letters')
  .refine((code) => currencies.has(code), 'is not an ISO 4217 currency')
  .meta({ description: 'ISO 4217 code, e.g. CHF.' });
