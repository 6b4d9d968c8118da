import { SessionManager, type Clock } from '@holdfast/session-core';
import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost, Reflector } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { installCarrierHook, type CarriedData } from './carrier-hook.js';
import type { JwksSource } from './jwks-source.js';
import { SessionErrorFilter } from './session-error.filter.js';
import { installSessionHook } from './session-hook.js';
import { SessionGuard } from './session.guard.js';
import { noteActivity, type StandaloneSessionOptions } from './standalone-sessions.js';

/** What the session module is built of. */
export interface SessionModuleOptions {
  readonly manager: SessionManager;
  /** `iss` that is accepted: the gateway's public URL. */
  readonly issuer: string;
  /** `aud` that is accepted. */
  readonly audience: string;
  readonly keys: JwksSource;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** How clients carry their data, where there is no store. Default: there is one. */
  readonly carried?: CarriedData;
}

/** What a gateway, and who owns the connections, do elsewhere. */
class Standalone implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly options: StandaloneSessionOptions,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onResponse', ({ session }, _reply, done) => {
      if (session) noteActivity(session, this.options);
      done();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.options.sessions.close?.();
  }
}

/** How the options are made by injection. */
export interface SessionModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<SessionModuleOptions>['useFactory'];
}

const OPTIONS = Symbol('SessionModuleOptions');

/**
 * Sessions for a Nest application on Fastify: provides `SessionManager` and `AccessTokenVerifier`, resolves each
 * request's credential in a Fastify hook, and guards every route. Import the one dynamic module it returns wherever
 * those two are injected; the guard and the decorators work everywhere without.
 */
@Module({})
export class SessionModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly manager: SessionManager,
    private readonly verifier: AccessTokenVerifier,
    @Inject(OPTIONS) private readonly options: SessionModuleOptions,
  ) {}

  /**
   * As `forRootAsync`, of parts that are there already, for an application with nothing in front of it: it answers the
   * errors of sessions (`SessionErrorFilter`), notes activity, and closes the store at shutdown.
   */
  static forRoot(standalone: StandaloneSessionOptions): DynamicModule {
    const { sessions, tokens, clock } = standalone;
    const { issuer, audience, keys } = tokens;
    const options = { manager: sessions.manager, issuer, audience, keys, ...(clock && { clock }) };
    const { providers = [], ...module } = SessionModule.forRootAsync({ useFactory: () => options });
    const useFactory = (host: HttpAdapterHost) => new Standalone(host, standalone);
    const more = [
      { provide: APP_FILTER, useClass: SessionErrorFilter },
      { provide: Standalone, inject: [HttpAdapterHost], useFactory },
    ];
    return { ...module, providers: [...providers, ...more] };
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: SessionModuleAsyncOptions): DynamicModule {
    return {
      module: SessionModule,
      imports,
      providers: [
        { provide: OPTIONS, inject, useFactory },
        {
          provide: SessionManager,
          inject: [OPTIONS],
          useFactory: ({ manager }: SessionModuleOptions) => manager,
        },
        {
          provide: AccessTokenVerifier,
          inject: [OPTIONS],
          useFactory: (options: SessionModuleOptions) => new AccessTokenVerifier(options),
        },
        {
          provide: APP_GUARD,
          inject: [Reflector, OPTIONS],
          useFactory: (reflector: Reflector, { clock }: SessionModuleOptions) =>
            new SessionGuard(reflector, clock),
        },
      ],
      exports: [SessionManager, AccessTokenVerifier],
    };
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    installSessionHook(fastify, { verifier: this.verifier, manager: this.manager });
    if (this.options.carried) installCarrierHook(fastify, this.options.carried);
  }
}
