import { CodedError, PERMISSIONS, type Topology } from '@holdfast/contracts';
import { REDIS_GENERAL, SENTINELS } from '@holdfast/service-defaults';
import { Roles, SessionPolicy } from '@holdfast/session-nest';
import type { Redis, Sentinels } from '@holdfast/session-redis';
import { Controller, Get, Headers, Inject, Optional } from '@nestjs/common';
import { SERVICES } from '../proxy/service-routes.js';
import { SupervisorLink } from '../worker/supervisor-link.js';
import { databases } from './databases.js';
import { GATEWAY_ID } from './platform-parts.js';
import { gatewaysOf, servicesOf } from './sightings.js';
import { storeNodes } from './store-nodes.js';

/** Who runs, and how everybody does, as all gateway workers together see it. */
@Controller('platform/topology')
export class TopologyController {
  constructor(
    private readonly link: SupervisorLink,
    @Inject(GATEWAY_ID) private readonly gatewayId: string,
    @Inject(REDIS_GENERAL) private readonly redis: Redis,
    @Optional() @Inject(SENTINELS) private readonly sentinels?: Sentinels,
  ) {}

  @Roles(...PERMISSIONS['platform:view'])
  @SessionPolicy('read')
  @Get()
  async topology(@Headers('authorization') authorization = ''): Promise<Topology> {
    const [reports, fleet] = await Promise.all([
      this.link.ask({ about: 'views' }),
      this.link.ask({ about: 'processes' }),
    ]);
    if (!reports) throw new CodedError('ERR_UPSTREAM_UNAVAILABLE', 'The supervisor does not answer.');
    const { redis, sentinels } = this;
    const own = reports.find(({ id }) => id === this.gatewayId)?.view?.instances ?? [];
    const ofService = new Map(
      SERVICES.map((name) => [name, own.filter(({ service }) => service === name)] as const),
    );
    const [nodes, postgres] = await Promise.all([
      storeNodes({ redis, sentinels }, fleet),
      databases(ofService, authorization),
    ]);
    const gateways = gatewaysOf(reports);
    return {
      time: new Date().toISOString(),
      answeredBy: this.gatewayId,
      silent: gateways.filter(({ state }) => state === 'silent').map(({ id }) => id),
      gateways,
      services: servicesOf(reports),
      redis: { nodes },
      postgres,
    };
  }
}
