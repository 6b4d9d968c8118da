import { CodedError, idempotencyKeySchema } from '@holdfast/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const HEADER = 'idempotency-key';

/** Parameter: the request's `Idempotency-Key`. Missing or malformed: 400 `ERR_VALIDATION`. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const parsed = idempotencyKeySchema.safeParse(headers[HEADER]);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ message }) => ({ path: HEADER, message }));
  throw new CodedError('ERR_VALIDATION', `The header ${HEADER} ${errors[0]?.message ?? 'is wrong'}.`, {
    errors,
  });
});
