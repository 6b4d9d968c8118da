import { METRICS_SCOPE, PERMISSIONS } from '@holdfast/contracts';
import { ClientScope, Roles } from '@holdfast/session-nest';
import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Exposition } from './exposition.js';

/** What a process counts, in Prometheus' text format. */
@Controller()
export class MetricsController {
  constructor(private readonly exposition: Exposition) {}

  @Roles(...PERMISSIONS['health:read'])
  @ClientScope(METRICS_SCOPE)
  @Get('metrics')
  @Header('cache-control', 'no-store')
  metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(this.exposition.contentType);
    return this.exposition.collect();
  }
}
