import { PERMISSIONS } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import { CurrentSession, Roles, SessionPolicy, type ActiveSession } from '@holdfast/session-nest';
import { Controller, Get, Headers, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SupervisorLink } from '../worker/supervisor-link.js';
import { EventStreams } from './event-streams.js';
import { KEEPS_RECORDS } from './platform-parts.js';
import { holdTo } from './session-hold.js';

/** What happens on the platform, as it happens. */
@Controller('platform/events')
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly link: SupervisorLink,
    private readonly manager: SessionManager,
    @Inject(KEEPS_RECORDS) private readonly keepsRecords: boolean,
  ) {}

  @Roles(...PERMISSIONS['platform:view'])
  @SessionPolicy('read')
  @Get()
  open(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentSession() session: ActiveSession,
    @Headers('last-event-id') lastId?: string,
  ): void {
    reply.hijack();
    const { raw } = reply;
    const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...headers });
    if (request.method === 'HEAD') return void raw.end();
    const { link, keepsRecords } = this;
    const manager = keepsRecords ? this.manager : undefined;
    this.streams.open(raw, holdTo(session, { link, manager }), lastId);
  }
}
