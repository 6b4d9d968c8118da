import { Readiness } from '@holdfast/service-defaults';
import { Public, Roles } from '@holdfast/session-nest';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { GatewayHealth } from './gateway-health.js';

/** Probes of a gateway worker. */
@Controller()
export class ProbesController {
  constructor(
    private readonly readiness: Readiness,
    private readonly health: GatewayHealth,
  ) {}

  /** Touches nothing: while the event loop turns, this answers. */
  @Public()
  @Get('livez')
  live(): { status: string } {
    return { status: 'alive' };
  }

  @Public()
  @Get('readyz')
  ready(@Res({ passthrough: true }) reply: FastifyReply): { status: string } {
    const { state } = this.readiness;
    reply.code(state === 'ready' ? 200 : 503).header('cache-control', 'no-store');
    return { status: state };
  }

  @Roles('admin')
  @Get('healthz')
  async dependencies(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const report = await this.health.check();
    reply.code(report.status === 'error' ? 503 : 200).header('cache-control', 'no-store');
    return report;
  }
}
