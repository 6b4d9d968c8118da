import { CodedError } from '@holdfast/contracts';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteTable } from './route-table.js';
import { sendProblem } from './send-problem.js';

/** The one place where errors become HTTP: RFC 9457 problem documents. Details of our own faults go to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(this.#nameWrongMethod(error, request), request, reply);
  }

  /** The router says 404 for a wrong method as well. TRACE no path knows, not even one that is not there. */
  #nameWrongMethod(error: unknown, { url, method }: FastifyRequest): unknown {
    if (!(error instanceof HttpException) || error.getStatus() !== 404) return error;
    const allow = this.routes.methodsOf(url);
    const isKnown = allow.length > 0 || method === 'TRACE';
    return !isKnown || allow.includes(method)
      ? error
      : new CodedError('ERR_METHOD', `This path does not know ${method}.`, { allow });
  }
}
