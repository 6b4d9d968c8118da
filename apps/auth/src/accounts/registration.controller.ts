import { Body, Controller, Post } from '@nestjs/common';
import { registerSchema } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import type { z } from 'zod';
import { Registration } from './registration.js';

/** Opening an account. */
@Controller('auth')
export class RegistrationController {
  constructor(private readonly registration: Registration) {}

  @Public()
  @Post('register')
  register(@Body({ schema: registerSchema }) form: z.output<typeof registerSchema>) {
    return this.registration.register(form);
  }
}
