import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { passwordResetConfirmSchema, passwordResetSchema } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { PostOffice } from '../mail/post-office.js';
import { Ceilings } from '../throttling/ceilings.js';
import { PasswordResets } from './password-resets.js';

/** Forgotten passwords. */
@Public()
@Controller('auth/password-reset')
export class PasswordResetsController {
  constructor(
    private readonly resets: PasswordResets,
    private readonly post: PostOffice,
    private readonly ceilings: Ceilings,
  ) {}

  /** The same answer for every address, in the same time: whether there is such an account is looked up afterwards. */
  @Post()
  @HttpCode(202)
  async request(
    @Body({ schema: passwordResetSchema }) { email }: z.output<typeof passwordResetSchema>,
    @Req() { ip }: FastifyRequest,
  ): Promise<void> {
    await this.ceilings.take('reset', ip);
    this.post.post(() => this.resets.write(email));
  }

  @Post('confirm')
  @HttpCode(200)
  async confirm(
    @Body({ schema: passwordResetConfirmSchema }) form: z.output<typeof passwordResetConfirmSchema>,
    @Req() { ip }: FastifyRequest,
  ) {
    await this.ceilings.take('reset', ip);
    return this.resets.confirm(form.token, form.newPassword);
  }
}
