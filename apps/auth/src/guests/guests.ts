import { randomUUID } from 'node:crypto';
import { AuditStream } from '@holdfast/service-defaults';
import { SessionManager, type SessionGrant } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import { Injectable } from '@nestjs/common';
import { SessionEnds } from '../sessions/session-ends.js';
import type { Visitor } from '../sessions/visitor.js';
import { Ceilings } from '../throttling/ceilings.js';

/** Begins sessions for those who have no account, or do not say yet. */
@Injectable()
export class Guests {
  constructor(
    private readonly ceilings: Ceilings,
    private readonly sessions: SessionManager,
    private readonly ends: SessionEnds,
    private readonly stream: AuditStream,
  ) {}

  /** `ERR_RATE_LIMITED` if the visitor's address makes too many. What a guest had before comes along. */
  async begin(transport: 'bearer' | 'cookie', { client, session }: Visitor): Promise<SessionGrant> {
    await this.ceilings.take('guest', client.ip);
    const nobody = { userId: randomUUID(), roles: ['guest'], acr: 0, guest: true };
    const grant = await this.sessions.begin({ ...nobody, client, transport });
    const { userId, sessionId } = grant.session.record;
    this.stream.note({ type: 'session-begun', userId, sessionId, detail: { guest: true, transport } });
    if (session !== undefined) await this.follow(session, sessionId);
    return grant;
  }

  /** Nothing can note what a crash leaves here, so that the old session ends only once there is a new one. */
  private async follow(before: ActiveSession, sessionId: string): Promise<void> {
    if (!before.isGuest) {
      await this.ends.end(before.sessionId, 'replaced');
      return;
    }
    await this.ends.replace(before.sessionId);
    await this.sessions.adopt(before.sessionId, sessionId);
  }
}
