import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { guestSchema } from '@holdfast/contracts';
import { OptionalSession, Public, type ActiveSession } from '@holdfast/session-nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { GrantAnswers } from '../sessions/grant-answers.js';
import { visitorOf } from '../sessions/visitor.js';
import { Guests } from './guests.js';

/** Sessions without an account. */
@Controller('auth')
export class GuestsController {
  constructor(
    private readonly guests: Guests,
    private readonly answers: GrantAnswers,
  ) {}

  @Public()
  @Post('guest')
  async guest(
    @Body({ schema: guestSchema.prefault({}) }) { transport }: z.output<typeof guestSchema>,
    @OptionalSession() session: ActiveSession | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const grant = await this.guests.begin(transport, visitorOf(request, session));
    return this.answers.answer(grant, reply, session);
  }
}
