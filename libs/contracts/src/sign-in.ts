import { z } from 'zod';
import { emailSchema } from './account.js';
import { json } from './media.js';
import { tokenAnswerSchema } from './oauth.js';
import { route, type RouteContract } from './route.js';

/**
 * How a session is carried: by tokens that a client of the API keeps, or by a browser's cookie that no script reads.
 * Default `bearer`.
 */
export const transportSchema = z.enum(['bearer', 'cookie']).default('bearer');

/** A password that is compared, never judged: any length up to 1,024 is a wrong one at worst. */
export const presentedPasswordSchema = z.string().min(1).max(1024).meta({ format: 'password' });

/** What shows the second factor: six digits of the authenticator app, or a recovery code; compared, never judged. */
export const secondFactorCodeSchema = z
  .string()
  .regex(/^[A-Za-z0-9 -]{6,40}$/, 'is no code of an authenticator app and no recovery code')
  .meta({ description: 'Code of the second factor, or a recovery code.', examples: ['492039'] });

/** Body of `POST /auth/login`. `code`: where the account has a second factor; without it 403 `ERR_STEP_UP_REQUIRED`. */
export const loginSchema = z
  .strictObject({
    email: emailSchema,
    password: presentedPasswordSchema,
    code: secondFactorCodeSchema.optional(),
    transport: transportSchema,
    rememberMe: z.boolean().default(false),
  })
  .meta({ id: 'Login', examples: [{ email: 'ada@example.org', password: 'correct horse battery' }] });

/** Body of `POST /auth/guest`: may be left out. */
export const guestSchema = z
  .strictObject({ transport: transportSchema })
  .meta({ id: 'Guest', examples: [{ transport: 'cookie' }] });

/** Body of `POST /auth/step-up`. `code`: where the account has a second factor. */
export const stepUpSchema = z
  .strictObject({ password: presentedPasswordSchema, code: secondFactorCodeSchema.optional() })
  .meta({ id: 'StepUp', examples: [{ password: 'correct horse battery' }] });

/** What a sign-in with the cookie transport answers; the credential is in `Set-Cookie` alone. */
export const cookieAnswerSchema = z
  .object({ sessionId: z.string(), expiresAt: z.iso.datetime() })
  .meta({ id: 'CookieSession' });

/** What a sign-in answers: by its transport tokens, or the session that its cookie names. */
export const signedInSchema = z.union([tokenAnswerSchema, cookieAnswerSchema]);

const signedIn = (of: string) => ({
  description: `The tokens of ${of}, or its cookie (\`Set-Cookie\`), as \`transport\` says.`,
  schema: signedInSchema,
});

/** The routes by which sessions begin and rise. */
export const signInRoutes = {
  login: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in: begin a session; one that is sent along is replaced, a guest’s with its data kept',
    access: 'public',
    priority: 'high',
    body: json(loginSchema),
    responses: { 200: signedIn('a new session') },
    errors: [
      'ERR_CREDENTIALS',
      'ERR_STEP_UP_REQUIRED',
      'ERR_RATE_LIMITED',
      'ERR_OVERLOADED',
      'ERR_STORE_UNAVAILABLE',
    ],
  }),
  guest: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/guest',
    summary: 'Begin a session without an account',
    access: 'public',
    body: { ...json(guestSchema), required: false },
    responses: { 201: signedIn('a guest’s session') },
    errors: ['ERR_SESSION_ENDED', 'ERR_RATE_LIMITED', 'ERR_STORE_UNAVAILABLE'],
  }),
  stepUp: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/step-up',
    summary: 'Prove again who you are: the same session at level 2, with new tokens or a new cookie',
    access: 'account:own',
    atAnyLevel: true,
    body: json(stepUpSchema),
    responses: {
      200: {
        description: 'New tokens of the session, or its new cookie (`Set-Cookie`), as it was begun.',
        schema: signedInSchema,
      },
    },
    errors: ['ERR_CREDENTIALS', 'ERR_STEP_UP_REQUIRED', 'ERR_RATE_LIMITED', 'ERR_OVERLOADED'],
  }),
} as const satisfies Record<string, RouteContract>;
