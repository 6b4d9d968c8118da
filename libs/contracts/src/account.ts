import { z } from 'zod';

/** Fewest and most characters (code points) of a new password; OWASP Authentication Cheat Sheet. */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const;

/**
 * An e-mail address, at most 254 characters (RFC 5321 4.5.3.1.3), lower-cased: two spellings name one account.
 * The length is judged first, so that the pattern never sees a long string.
 */
export const emailSchema = z
  .string()
  .max(254, { abort: true })
  .check(z.email())
  .toLowerCase()
  .describe('Compared and kept in lower case');

/**
 * A new password: 12 to 128 characters, any of Unicode that can be typed again: no control characters, no half ones.
 * Nothing else is asked of its composition (NIST SP 800-63B-4 3.1.1.2).
 */
export const newPasswordSchema = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'No control characters')
  .refine(
    (password) => characters(password) >= PASSWORD_LENGTH.min,
    `At least ${PASSWORD_LENGTH.min} characters`,
  )
  .refine(
    (password) => characters(password) <= PASSWORD_LENGTH.max,
    `At most ${PASSWORD_LENGTH.max} characters`,
  )
  .meta({ format: 'password', minLength: PASSWORD_LENGTH.min, maxLength: PASSWORD_LENGTH.max });

function characters(text: string): number {
  return Array.from(text).length;
}

/**
 * The name that people see: 1 to 100 characters, blanks at its ends cut. At least one of them shows, and none steers
 * the text around it: of control and format characters only the two joiners, which scripts and emoji need, are taken.
 */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1, { abort: true })
  .max(100)
  .regex(/^(?:[\u200c\u200d]|[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])*$/u, 'No control characters')
  .regex(/(?![\p{DI}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u, 'At least one visible character');

/** Body of `POST /auth/register`. */
export const registerSchema = z
  .strictObject({
    email: emailSchema,
    password: newPasswordSchema,
    displayName: displayNameSchema,
  })
  .meta({
    id: 'Register',
    examples: [{ email: 'ada@example.org', password: 'correct horse battery', displayName: 'Ada' }],
  });

/** Answer of `POST /auth/register`. */
export const registeredSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    displayName: z.string(),
    roles: z.array(z.string()),
  })
  .meta({ id: 'Registered' });

/** Body of `POST /auth/password`. The step-up before it has proved the old one. */
export const passwordSchema = z
  .strictObject({ newPassword: newPasswordSchema })
  .meta({ id: 'NewPassword', examples: [{ newPassword: 'a longer horse battery' }] });

/** Body of `POST /auth/password-reset`. */
export const passwordResetSchema = z
  .strictObject({ email: emailSchema })
  .meta({ id: 'PasswordReset', examples: [{ email: 'ada@example.org' }] });

/** Body of `POST /auth/password-reset/confirm`. A token that was never mailed is a wrong one, whatever it looks like. */
export const passwordResetConfirmSchema = z
  .strictObject({ token: z.string().min(1).max(256), newPassword: newPasswordSchema })
  .meta({ id: 'PasswordResetConfirmation' });
