import { Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CodedError, sessionPathSchema } from '@holdfast/contracts';
import { SessionEndedError, SessionIds, SessionManager, SessionUnknownError } from '@holdfast/session-core';
import { AtAnyLevel, CurrentSession, type ActiveSession } from '@holdfast/session-nest';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { forgetInBrowser } from './browser-cookies.js';
import { SessionEnds, type Receipt } from './session-ends.js';
import { sessionList, sessionView } from './session-view.js';

/** A user's own sessions: look at them, end them. */
@AtAnyLevel()
@Controller('auth')
export class SessionsController {
  constructor(
    private readonly manager: SessionManager,
    private readonly ends: SessionEnds,
    private readonly ids: SessionIds,
  ) {}

  @Get('session')
  async session(@CurrentSession() session: ActiveSession) {
    const data = await this.manager.allData(session.sessionId);
    if (data === undefined) throw await this.whyOver(session.sessionId);
    return sessionView(session, data);
  }

  @Get('sessions')
  async sessions(@CurrentSession() { userId, sessionId }: ActiveSession) {
    const [live, ended] = await Promise.all([this.manager.list(userId), this.manager.listEnded(userId)]);
    return sessionList({ live, ended }, sessionId);
  }

  @Post('logout')
  @HttpCode(200)
  async logout(@CurrentSession() session: ActiveSession, @Res({ passthrough: true }) reply: FastifyReply) {
    return left(session, reply, await this.ends.end(session.sessionId, 'logout'));
  }

  @Delete('sessions/:id')
  async end(
    @CurrentSession() session: ActiveSession,
    @Param({ schema: sessionPathSchema }) { id }: z.output<typeof sessionPathSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    // The id itself says whose session it names, also when that has long ended and left no record.
    if (this.ids.parse(id)?.userTag !== this.ids.userTag(session.userId)) {
      throw new CodedError('ERR_NOT_FOUND', 'You have no such session');
    }
    const receipt = await this.ends.end(id, 'revoked');
    return id === session.sessionId ? left(session, reply, receipt) : receipt;
  }

  @Post('logout-others')
  @HttpCode(200)
  async logoutOthers(@CurrentSession() { userId, sessionId }: ActiveSession) {
    return this.ends.endAll(userId, 'revoked', sessionId);
  }

  @Post('logout-everywhere')
  @HttpCode(200)
  async logoutEverywhere(
    @CurrentSession() session: ActiveSession,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return left(session, reply, await this.ends.endAll(session.userId, 'logout'));
  }

  /** Of a session that ended since its request was let in: without this it would seem to hold nothing. */
  private async whyOver(sessionId: string): Promise<SessionEndedError | SessionUnknownError> {
    const found = await this.manager.resolve(sessionId);
    return found.state === 'ended' ? new SessionEndedError(found) : new SessionUnknownError();
  }
}

/** The receipt for the end of the session that asked; a browser forgets its cookie with it. */
function left(session: ActiveSession, reply: FastifyReply, receipt: Receipt): Receipt {
  forgetInBrowser(session, reply);
  return receipt;
}
