import { Body, Controller, Post, Req } from '@nestjs/common';
import { registerSchema } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AuditTrail } from '../audit/audit-trail.js';
import { Ceilings } from '../throttling/ceilings.js';
import { Registration } from './registration.js';

/** Opening an account. */
@Controller('auth')
export class RegistrationController {
  constructor(
    private readonly registration: Registration,
    private readonly ceilings: Ceilings,
    private readonly trail: AuditTrail,
  ) {}

  @Public()
  @Post('register')
  async register(
    @Body({ schema: registerSchema }) form: z.output<typeof registerSchema>,
    @Req() { ip }: FastifyRequest,
  ) {
    await this.ceilings.take('registration', ip);
    const registered = await this.registration.register(form, ip);
    await this.trail.record({ type: 'account-registered', userId: registered.id, actorId: undefined });
    return registered;
  }
}
