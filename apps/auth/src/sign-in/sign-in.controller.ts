import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { loginSchema } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AccessTokens } from '../tokens/access-tokens.js';
import { tokenAnswer } from '../tokens/token-answer.js';
import { clientOf } from './client-of.js';
import { SignIn } from './sign-in.js';

/** Signing in. */
@Controller('auth')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly tokens: AccessTokens,
  ) {}

  @Public()
  @Post('login')
  @HttpCode(200)
  @Header('pragma', 'no-cache') // RFC 6749 5.1, besides the no-store that every answer has
  async login(
    @Body({ schema: loginSchema }) form: z.output<typeof loginSchema>,
    @Req() request: FastifyRequest,
  ) {
    const { session, refreshToken } = await this.signIn.signIn(form, clientOf(request));
    return tokenAnswer(session, refreshToken, this.tokens.forSession(session));
  }
}
