import {
  passwordResetConfirmSchema,
  passwordResetSchema,
  passwordSchema,
  registeredSchema,
  registerSchema,
} from './account.js';
import { json } from './media.js';
import { route, type RouteContract } from './route.js';
import { receipt } from './sessions.js';

/** The routes by which accounts are opened and passwords change. */
export const accountRoutes = {
  register: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/register',
    summary: 'Open an account; its profile exists when this answers',
    access: 'public',
    body: json(registerSchema),
    responses: { 201: { description: 'The account.', schema: registeredSchema } },
    errors: ['ERR_CONFLICT', 'ERR_RATE_LIMITED', 'ERR_OVERLOADED'],
  }),
  changePassword: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/password',
    summary: 'Change the password: all your other sessions end',
    access: 'account:own',
    stepUp: true,
    body: json(passwordSchema),
    responses: receipt,
    errors: ['ERR_NOT_FOUND', 'ERR_OVERLOADED'],
  }),
  requestPasswordReset: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/password-reset',
    summary: 'Ask for a mail that resets the password; the answer is the same for an unknown address',
    access: 'public',
    body: json(passwordResetSchema),
    responses: { 202: { description: 'If there is such an account, a mail is on its way.' } },
    errors: ['ERR_RATE_LIMITED'],
  }),
  confirmPasswordReset: route({
    service: 'auth',
    method: 'POST',
    path: '/auth/password-reset/confirm',
    summary: 'Set a new password with the token of the mail, once: every session of the account ends',
    access: 'public',
    priority: 'high',
    body: json(passwordResetConfirmSchema),
    responses: receipt,
    errors: ['ERR_RATE_LIMITED', 'ERR_OVERLOADED', 'ERR_STORE_UNAVAILABLE'],
  }),
} as const satisfies Record<string, RouteContract>;
