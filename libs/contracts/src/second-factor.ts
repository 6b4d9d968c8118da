import { z } from 'zod';
import { json } from './media.js';
import { route, type RouteContract } from './route.js';
import { secondFactorCodeSchema } from './sign-in.js';

/** Answer of `POST /auth/totp`: the key of the second factor, in base32 and as the `otpauth:` URI of a QR code. */
export const totpEnrolmentSchema = z
  .object({ secret: z.string(), uri: z.string() })
  .meta({ id: 'TotpEnrolment' });

/** Body of `POST /auth/totp/confirm`. */
export const totpConfirmSchema = z
  .strictObject({ code: secondFactorCodeSchema })
  .meta({ id: 'TotpConfirmation', examples: [{ code: '492039' }] });

/** Ten codes, each of which stands in for the second factor once. They are shown here and never again. */
export const recoveryCodesSchema = z
  .object({ recoveryCodes: z.array(z.string()).length(10) })
  .meta({ id: 'RecoveryCodes' });

const codes = {
  200: { description: 'The recovery codes; earlier ones are void.', schema: recoveryCodesSchema },
};

/** The routes by which users have a second factor: one-time codes by time (RFC 6238). */
export const secondFactorRoutes = {
  enrolTotp: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/totp',
    summary: 'Get the key of a second factor; it counts once a code of it is confirmed',
    access: 'account:own',
    stepUp: true,
    responses: { 201: { description: 'The key.', schema: totpEnrolmentSchema } },
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT'],
  }),
  confirmTotp: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/totp/confirm',
    summary: 'Turn the second factor on by its first code',
    access: 'account:own',
    stepUp: true,
    body: json(totpConfirmSchema),
    responses: codes,
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT', 'ERR_RATE_LIMITED'],
  }),
  renewRecoveryCodes: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/totp/recovery-codes',
    summary: 'Get new recovery codes',
    access: 'account:own',
    stepUp: true,
    responses: codes,
    errors: ['ERR_NOT_FOUND', 'ERR_CONFLICT'],
  }),
  removeTotp: route({
    service: 'auth',
    method: 'DELETE',
    path: '/auth/totp',
    summary: 'Turn the second factor off',
    access: 'account:own',
    stepUp: true,
    responses: { 204: { description: 'There is none any more, or never was.' } },
    errors: ['ERR_NOT_FOUND'],
  }),
} as const satisfies Record<string, RouteContract>;
