import type { DiscoverySetting } from '@holdfast/balancer-core';
import { RedisRegistry, type RegistryRedis } from '@holdfast/balancer-redis';
import { ServiceClient, Upstreams, type UpstreamSettings } from '@holdfast/balancer-http';
import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { Discovery, DISCOVERY_SOURCE, discoverySource } from './discovery/discovery.js';

const BALANCER_OPTIONS = Symbol('BALANCER_OPTIONS');

/** What the balancer needs of its application. */
export interface BalancerModuleOptions {
  /** For the registry. Stays the application's, which closes it after the module. */
  readonly redis: RegistryRedis;
  /** Where instances are heard of. Default: the registry. */
  readonly discovery?: DiscoverySetting;
  /** Default: `DEFAULT_UPSTREAM_SETTINGS`. */
  readonly settings?: Partial<UpstreamSettings>;
  /** Headers that every request of the `ServiceClient` has besides its own (see there). Default: none. */
  readonly travellingHeaders?: () => Readonly<Record<string, string>>;
}

/** `BalancerModuleOptions`, made from what the application provides. */
export interface BalancerModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...dependencies: never[]) => BalancerModuleOptions | Promise<BalancerModuleOptions>;
}

/**
 * Provides `RedisRegistry` (who runs where), `Upstreams` (requests to services, kept up to date by what `discovery` names)
 * and `ServiceClient` (whole answers from services). Everything is let go at `onApplicationShutdown`, when no
 * request is left; what was announced here is then withdrawn.
 */
@Module({})
export class BalancerModule {
  static forRootAsync({ imports, inject, useFactory }: BalancerModuleAsyncOptions): DynamicModule {
    return {
      module: BalancerModule,
      imports: imports ?? [],
      providers: [
        { provide: BALANCER_OPTIONS, inject: inject ?? [], useFactory },
        {
          provide: RedisRegistry,
          inject: [BALANCER_OPTIONS],
          useFactory: ({ redis }: BalancerModuleOptions) => new RedisRegistry(redis),
        },
        {
          provide: Upstreams,
          inject: [BALANCER_OPTIONS],
          useFactory: ({ settings }: BalancerModuleOptions) => new Upstreams(settings),
        },
        {
          provide: ServiceClient,
          inject: [Upstreams, BALANCER_OPTIONS],
          useFactory: (upstreams: Upstreams, { travellingHeaders }: BalancerModuleOptions) =>
            new ServiceClient(upstreams, travellingHeaders),
        },
        {
          provide: DISCOVERY_SOURCE,
          inject: [RedisRegistry, BALANCER_OPTIONS],
          useFactory: (registry: RedisRegistry, { discovery }: BalancerModuleOptions) =>
            discoverySource(discovery ?? { kind: 'registry' }, registry),
        },
        Discovery,
      ],
      exports: [RedisRegistry, Upstreams, ServiceClient],
    };
  }
}
