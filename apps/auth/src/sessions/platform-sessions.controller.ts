import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { CodedError, PERMISSIONS, platformSessionsQuery, sessionPathSchema } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import { Roles, SessionPolicy } from '@holdfast/session-nest';
import type { z } from 'zod';
import { SessionEnds } from './session-ends.js';
import { sessionList } from './session-view.js';

/** Anybody's sessions, for administrators. */
@Roles(...PERMISSIONS['sessions:manage'])
@SessionPolicy('critical')
@Controller('platform/sessions')
export class PlatformSessionsController {
  constructor(
    private readonly manager: SessionManager,
    private readonly ends: SessionEnds,
  ) {}

  @Get()
  async list(@Query({ schema: platformSessionsQuery }) { userId }: z.output<typeof platformSessionsQuery>) {
    const [live, ended] = await Promise.all([this.manager.list(userId), this.manager.listEnded(userId)]);
    return sessionList({ live, ended });
  }

  /** An id that is not ours is not asked for; one that is may name what is long forgotten. */
  @Delete(':id')
  async end(@Param({ schema: sessionPathSchema }) { id }: z.output<typeof sessionPathSchema>) {
    const { state } = await this.manager.resolve(id);
    if (state === 'absent') throw new CodedError('ERR_NOT_FOUND', 'There is no such session');
    return this.ends.end(id, 'revoked');
  }
}
