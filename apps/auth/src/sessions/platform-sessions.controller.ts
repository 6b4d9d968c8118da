import { Controller, Delete, Get, Inject, Param, Query } from '@nestjs/common';
import { CodedError, PERMISSIONS, platformSessionsQuery, sessionPathSchema } from '@holdfast/contracts';
import { SessionManager, type SessionRecord } from '@holdfast/session-core';
import { Roles, SessionPolicy } from '@holdfast/session-nest';
import type { z } from 'zod';
import { AccessTokens } from '../tokens/access-tokens.js';
import { SessionEnds } from './session-ends.js';
import { platformSessionList, type Inspection } from './session-view.js';

/** Injection token: how this platform keeps sessions (`SessionStrategy`). */
export const KEPT_AS = Symbol('KEPT_AS');

/** Anybody's sessions, for administrators. */
@Roles(...PERMISSIONS['sessions:manage'])
@SessionPolicy('critical')
@Controller('platform/sessions')
export class PlatformSessionsController {
  constructor(
    private readonly manager: SessionManager,
    private readonly ends: SessionEnds,
    private readonly tokens: AccessTokens,
    @Inject(KEPT_AS) private readonly strategy: Inspection['strategy'],
  ) {}

  @Get()
  async list(@Query({ schema: platformSessionsQuery }) { userId }: z.output<typeof platformSessionsQuery>) {
    const [live, ended] = await Promise.all([this.manager.list(userId), this.manager.listEnded(userId)]);
    const claimsAbout = (record: SessionRecord) => this.tokens.claimsAbout(record);
    return platformSessionList({ live, ended }, { strategy: this.strategy, claimsAbout });
  }

  /** An id that is not ours is not asked for; one that is may name what is long forgotten. */
  @Delete(':id')
  async end(@Param({ schema: sessionPathSchema }) { id }: z.output<typeof sessionPathSchema>) {
    const { state } = await this.manager.resolve(id);
    if (state === 'absent') throw new CodedError('ERR_NOT_FOUND', 'There is no such session');
    return this.ends.end(id, 'revoked');
  }
}
