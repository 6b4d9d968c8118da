import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { loginSchema } from '@holdfast/contracts';
import { OptionalSession, Public, type ActiveSession } from '@holdfast/session-nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AuthMetrics } from '../metrics/auth-metrics.js';
import { GrantAnswers } from '../sessions/grant-answers.js';
import { visitorOf } from '../sessions/visitor.js';
import { SignInAudit } from './sign-in-audit.js';
import { SignIn } from './sign-in.js';

/** Signing in. */
@Controller('auth')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly answers: GrantAnswers,
    private readonly audit: SignInAudit,
    private readonly metrics: AuthMetrics,
  ) {}

  @Public()
  @Post('login')
  @HttpCode(200)
  async login(
    @Body({ schema: loginSchema }) form: z.output<typeof loginSchema>,
    @OptionalSession() session: ActiveSession | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const visitor = visitorOf(request, session);
    const signIn = () => this.audit.signIn(form.email, () => this.signIn.signIn(form, visitor));
    const grant = await this.metrics.signIn(signIn);
    return this.answers.answer(grant, reply, session);
  }
}
