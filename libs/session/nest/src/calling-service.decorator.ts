import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ForbiddenError } from './errors.js';
import type {} from './session-hook.js';
import { requestOf } from './request-of.js';

/** Parameter on an `@Internal()` route: the `client_id` of the service that calls. Anywhere else 403 `ERR_FORBIDDEN`. */
export const CallingService: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string => {
    const { credential } = requestOf(context);
    if (credential?.kind === 'service') return credential.clientId;
    throw new ForbiddenError('This is for other services of the platform only.');
  },
);
