import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { PERMISSIONS, stepUpSchema } from '@holdfast/contracts';
import { AtAnyLevel, CurrentSession, Roles, SessionPolicy, type ActiveSession } from '@holdfast/session-nest';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { GrantAnswers } from '../sessions/grant-answers.js';
import { SignInAudit } from './sign-in-audit.js';
import { StepUp } from './step-up.js';

/** Proving again who one is, within a session. */
@Controller('auth')
export class StepUpController {
  constructor(
    private readonly stepUp: StepUp,
    private readonly answers: GrantAnswers,
    private readonly audit: SignInAudit,
  ) {}

  @AtAnyLevel()
  @Roles(...PERMISSIONS['account:own'])
  @SessionPolicy('critical')
  @Post('step-up')
  @HttpCode(200)
  async raise(
    @Body({ schema: stepUpSchema }) shown: z.output<typeof stepUpSchema>,
    @CurrentSession() session: ActiveSession,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const grant = await this.audit.stepUp(session, () => this.stepUp.stepUp(shown, session));
    return this.answers.answer(grant, reply);
  }
}
