import { Body, Controller, Post, Req } from '@nestjs/common';
import { registerSchema } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Ceilings } from '../throttling/ceilings.js';
import { Registration } from './registration.js';

/** Opening an account. */
@Controller('auth')
export class RegistrationController {
  constructor(
    private readonly registration: Registration,
    private readonly ceilings: Ceilings,
  ) {}

  @Public()
  @Post('register')
  async register(
    @Body({ schema: registerSchema }) form: z.output<typeof registerSchema>,
    @Req() { ip }: FastifyRequest,
  ) {
    await this.ceilings.take('registration', ip);
    return this.registration.register(form, ip);
  }
}
