import { CodedError, ERRORS, problemDocument } from '@holdfast/contracts';
// eslint-disable-next-line no-restricted-imports -- this is the one filter that knows HTTP
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of.js';
import type { RouteTable } from './route-table.js';

/** The one place where errors become HTTP: RFC 9457 problem documents. Details of our own faults go to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly routes: RouteTable) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = this.#nameUnknownRoute(thrown, request);
    const { code, detail, extensions, headers } = problemOf(error);
    const { status } = ERRORS[code];
    if (status >= 500)
      request.log[code === 'ERR_INTERNAL' ? 'error' : 'warn']({ err: error, code }, 'request failed');
    if (reply.raw.headersSent) {
      // Too late for an answer: a cut connection says that this one is not complete.
      reply.raw.destroy();
      return;
    }
    const { retryAfterSeconds, allow } = extensions;
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
    if (allow !== undefined) reply.header('allow', allow.join(', '));
    reply
      .headers(headers)
      .code(status)
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problemDocument(code, detail, request.id, extensions)));
  }

  /** The router says 404 for a wrong method as well. */
  #nameUnknownRoute(error: unknown, { url, method }: FastifyRequest): unknown {
    if (!(error instanceof HttpException) || error.getStatus() !== 404) return error;
    const allow = this.routes.methodsOf(url);
    return allow.length === 0 || allow.includes(method)
      ? error
      : new CodedError('ERR_METHOD', `This path does not know ${method}.`, { allow });
  }
}
