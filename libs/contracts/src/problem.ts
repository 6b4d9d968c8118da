import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.js';

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** Why a session ended, as a 401 with `ERR_SESSION_ENDED` says it. */
export const endedBecauseSchema = z.enum([
  'idle',
  'expired',
  'logout',
  'revoked',
  'password-changed',
  'account-disabled',
  'replaced',
  'token-reuse',
]);

/** The body of every error answer (RFC 9457, `application/problem+json`). Clients switch on `code`. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.enum(codes),
    requestId: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What does not match, with ERR_VALIDATION.' }),
    endedBecause: endedBecauseSchema.optional().meta({ description: 'With ERR_SESSION_ENDED.' }),
    endedAt: z.iso.datetime().optional().meta({ description: 'With ERR_SESSION_ENDED.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document.' });

const coded = z.object({ code: z.enum(codes) });

/** The code of a problem document that another service answered; `undefined` where the text is none. */
export function problemCodeOf(text: string): ErrorCode | undefined {
  try {
    return coded.safeParse(JSON.parse(text)).data?.code;
  } catch {
    return undefined;
  }
}
