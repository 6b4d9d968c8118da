import { PERMISSIONS } from '@holdfast/contracts';
import { Roles } from '@holdfast/session-nest';
import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';

/** What a process counts, in Prometheus' text format. */
@Controller()
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Roles(...PERMISSIONS['health:read'])
  @Get('metrics')
  @Header('cache-control', 'no-store')
  metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(this.registry.contentType);
    return this.registry.metrics();
  }
}
