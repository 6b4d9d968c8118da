import { PERMISSIONS } from '@holdfast/contracts';
import { Roles, SessionPolicy } from '@holdfast/session-nest';
import { Controller, Get, Headers, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventStreams } from './event-streams.js';

/** What happens on the platform, as it happens. */
@Controller('platform/events')
export class EventsController {
  constructor(private readonly streams: EventStreams) {}

  @Roles(...PERMISSIONS['platform:view'])
  @SessionPolicy('read')
  @Get()
  async open(
    @Req() { method, headers: { authorization } }: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastId?: string,
  ): Promise<void> {
    const lease = await this.streams.lease(authorization);
    reply.hijack();
    const { raw } = reply;
    const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...headers });
    if (method !== 'HEAD') return this.streams.open(raw, lease, lastId);
    lease.release();
    raw.end();
  }
}
