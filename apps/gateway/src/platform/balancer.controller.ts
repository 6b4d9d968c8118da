import {
  balancerChangedSchema,
  balancerSchema,
  CodedError,
  PERMISSIONS,
  type Balancer,
} from '@holdfast/contracts';
import { Roles, SessionPolicy } from '@holdfast/session-nest';
import { Body, Controller, Put } from '@nestjs/common';
import type { z } from 'zod';
import { SupervisorLink } from '../worker/supervisor-link.js';

/** How instances are chosen, in all workers. */
@Controller('platform/balancer')
export class BalancerController {
  constructor(private readonly link: SupervisorLink) {}

  @Roles(...PERMISSIONS['platform:operate'])
  @SessionPolicy('critical')
  @Put()
  async change(
    @Body({ schema: balancerSchema }) balancer: Balancer,
  ): Promise<z.infer<typeof balancerChangedSchema>> {
    const silent = await this.link.ask({ about: 'policy', ...balancer });
    if (!silent) throw new CodedError('ERR_UPSTREAM_UNAVAILABLE', 'The supervisor does not answer.');
    return { ...balancer, silent: [...silent] };
  }
}
