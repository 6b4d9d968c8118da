import { z } from 'zod';

/** Body of the internal `POST /internal/sessions/exchange`, by which the gateway swaps a browser's cookie. */
export const exchangeBody = z.strictObject({ cookie: z.string().min(1).max(2_048) });

/** Its answer: an access token for what the cookie may, good for `version` of the session's record. */
export const exchangeAnswerSchema = z.object({
  accessToken: z.string(),
  expiresAt: z.iso.datetime(),
  sessionId: z.string(),
  version: z.int().min(1),
});

/** Body of the internal `POST /internal/accounts/lookup`, by which the user service asks whose roles are which. */
export const accountsLookupBody = z.strictObject({ ids: z.array(z.uuid()).min(1).max(100) });

/** Its answer, in any order. Ids of no account are left out. */
export const accountsLookupAnswerSchema = z.object({
  accounts: z.array(z.object({ id: z.uuid(), roles: z.array(z.string()) })),
});

/** A validated answer of the internal `POST /internal/accounts/lookup`. */
export type AccountsLookupAnswer = z.output<typeof accountsLookupAnswerSchema>;

/**
 * Body of the internal `POST /internal/session-data`, by which a service has a namespace of its own changed where the
 * client carries the data. `sealed`: what the client carries; `json`: the new value as JSON text.
 */
export const sessionDataBody = z.strictObject({
  sessionId: z.string().min(1).max(128),
  sealed: z.string().max(8_192).optional(),
  namespace: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  json: z.string().refine(isJson, 'is no JSON'),
});

/** Its answer: what the client is to carry from now on. */
export const sessionDataAnswerSchema = z.object({ sealed: z.string() });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
