import {
  CodedError,
  drainSchema,
  faultAcceptedSchema,
  faultSchema,
  PERMISSIONS,
  processPath,
  type Fault,
  type ProcessPath,
} from '@holdfast/contracts';
import { Roles, SessionPolicy } from '@holdfast/session-nest';
import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import { SupervisorLink } from '../worker/supervisor-link.js';
import { InstanceRest } from './instance-rest.js';
import { IS_FLEET } from './platform-parts.js';

/** What administrators do to processes. */
@Roles(...PERMISSIONS['platform:operate'])
@SessionPolicy('critical')
@Controller('platform/instances/:id')
export class InstancesController {
  constructor(
    private readonly instances: InstanceRest,
    private readonly link: SupervisorLink,
    @Inject(IS_FLEET) private readonly isFleet: boolean,
  ) {}

  @Post('drain')
  @HttpCode(202)
  async drain(@Param({ schema: processPath }) { id }: ProcessPath): Promise<z.infer<typeof drainSchema>> {
    await this.instances.rest(id, true);
    return { id, state: 'draining' };
  }

  @Post('undrain')
  @HttpCode(202)
  async undrain(@Param({ schema: processPath }) { id }: ProcessPath): Promise<z.infer<typeof drainSchema>> {
    await this.instances.rest(id, false);
    return { id, state: 'ready' };
  }

  @Post('fault')
  @HttpCode(202)
  async fault(
    @Param({ schema: processPath }) { id }: ProcessPath,
    @Body({ schema: faultSchema }) fault: Fault,
  ): Promise<z.infer<typeof faultAcceptedSchema>> {
    if (!this.isFleet) throw new CodedError('ERR_NOT_FOUND', 'Faults are for a development fleet only.');
    const outcome = await this.link.ask({ about: 'fault', id, ...fault });
    if (outcome === 'unknown') throw new CodedError('ERR_NOT_FOUND', `There is no process ${id} to break.`);
    if (outcome !== 'accepted') {
      throw new CodedError('ERR_UPSTREAM_UNAVAILABLE', 'Who started the platform does not answer.');
    }
    return { id, ...fault, until: new Date(Date.now() + fault.forMs).toISOString() };
  }
}
