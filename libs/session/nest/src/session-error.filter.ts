import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerSessionError, SESSION_FAULTS, type SessionFault } from './session-problem.js';

/** Answers the errors of sessions, and no others. For an application that has no filter of its own for them. */
@Catch(...SESSION_FAULTS)
export class SessionErrorFilter implements ExceptionFilter<SessionFault> {
  catch(thrown: SessionFault, host: ArgumentsHost): void {
    answerSessionError(thrown, host.switchToHttp().getResponse<FastifyReply>());
  }
}
