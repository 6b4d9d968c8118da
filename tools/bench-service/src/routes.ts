import { SessionManager } from '@holdfast/session-core';
import { CurrentSession, OptionalSession, Public, type ActiveSession } from '@holdfast/session-nest';
import { Controller, Get, HttpCode, Post } from '@nestjs/common';

/** Stands for a user where nobody is signed in: as long as the ids of those who are. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** The route that is measured, open and signed in, and a way out. */
@Controller()
export class Routes {
  constructor(private readonly manager: SessionManager) {}

  @Public()
  @Get('open')
  open(@OptionalSession() session: ActiveSession | undefined) {
    return { userId: session?.userId ?? NOBODY };
  }

  @Get('me')
  me(@CurrentSession() { userId }: ActiveSession) {
    return { userId };
  }

  /** Answers when the session has ended. */
  @Post('logout')
  @HttpCode(204)
  async logout(@CurrentSession() { sessionId }: ActiveSession): Promise<void> {
    await this.manager.revoke(sessionId, 'logout');
  }
}
