import { PERMISSIONS } from '@holdfast/contracts';
import { Public, Roles } from '@holdfast/session-nest';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readiness } from '../readiness.js';
import { DependencyHealth } from './dependency-health.js';

/** Probes of a process. */
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly dependencies: DependencyHealth,
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

  @Roles(...PERMISSIONS['health:read'])
  @Get('healthz')
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const health = await this.dependencies.check();
    reply.code(health.status === 'error' ? 503 : 200).header('cache-control', 'no-store');
    return health;
  }
}
