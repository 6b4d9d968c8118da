import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { GatewayConfig } from '../config.js';
import { SupervisorLink } from '../worker/supervisor-link.js';
import { BalancerController } from './balancer.controller.js';
import { EventStreams } from './event-streams.js';
import { EventsController } from './events.controller.js';
import { Happenings } from './happenings.js';
import { InstanceRest } from './instance-rest.js';
import { InstancesController } from './instances.controller.js';
import { GATEWAY_ID, IS_FLEET } from './platform-parts.js';
import { TopologyController } from './topology.controller.js';

/** The gateway's own operations: who runs, what happens, and what administrators do to processes. */
@Module({})
export class PlatformModule {
  /** @param imports - of Redis, the balancer, sessions, and `ServiceCredentials` */
  static forRoot(
    imports: DynamicModule[],
    config: Pick<GatewayConfig, 'FLEET_CONTROL' | 'INSTANCE_ID'>,
    link: SupervisorLink,
  ): DynamicModule {
    return {
      module: PlatformModule,
      imports,
      controllers: [TopologyController, EventsController, InstancesController, BalancerController],
      providers: [
        { provide: SupervisorLink, useValue: link },
        { provide: GATEWAY_ID, useValue: config.INSTANCE_ID },
        { provide: IS_FLEET, useValue: config.FLEET_CONTROL !== undefined },
        { provide: EventStreams, useFactory: () => new EventStreams(link) },
        InstanceRest,
        Happenings,
      ],
    };
  }
}
