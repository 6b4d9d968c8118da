import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CodedError, sessionPathSchema } from '@holdfast/contracts';
import { SessionIds, SessionManager } from '@holdfast/session-core';
import { CurrentSession, type ActiveSession } from '@holdfast/session-nest';
import type { z } from 'zod';
import { sessionList, sessionView } from './session-view.js';

/** A user's own sessions: look at them, end them. */
@Controller('auth')
export class SessionsController {
  constructor(
    private readonly manager: SessionManager,
    private readonly ids: SessionIds,
  ) {}

  @Get('session')
  async session(@CurrentSession() session: ActiveSession) {
    return sessionView(session, (await this.manager.allData(session.sessionId)) ?? {});
  }

  @Get('sessions')
  async sessions(@CurrentSession() { userId, sessionId }: ActiveSession) {
    return sessionList(await this.manager.list(userId), sessionId);
  }

  @Post('logout')
  @HttpCode(200)
  async logout(@CurrentSession() { sessionId }: ActiveSession) {
    return { revoked: await this.manager.revoke(sessionId, 'logout') };
  }

  @Delete('sessions/:id')
  async end(
    @CurrentSession() { userId }: ActiveSession,
    @Param({ schema: sessionPathSchema }) { id }: z.output<typeof sessionPathSchema>,
  ) {
    // The id itself says whose session it names, also when that has long ended and left no record.
    if (this.ids.parse(id)?.userTag !== this.ids.userTag(userId)) {
      throw new CodedError('ERR_NOT_FOUND', 'You have no such session');
    }
    return { revoked: await this.manager.revoke(id, 'revoked') };
  }

  @Post('logout-others')
  @HttpCode(200)
  async logoutOthers(@CurrentSession() { userId, sessionId }: ActiveSession) {
    return { revoked: await this.manager.revokeAll(userId, 'revoked', sessionId) };
  }

  @Post('logout-everywhere')
  @HttpCode(200)
  async logoutEverywhere(@CurrentSession() { userId }: ActiveSession) {
    return { revoked: await this.manager.revokeAll(userId, 'logout') };
  }
}
