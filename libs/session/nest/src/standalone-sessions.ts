import { systemClock, touchIntervalMs, type SessionManager } from '@holdfast/session-core';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { ActiveSession } from './active-session.js';
import type { SessionModuleOptions } from './session.module.js';

/** Sessions of an application that has the parts at hand, and nothing in front of it that knows of sessions. */
export interface StandaloneSessionOptions extends Pick<SessionModuleOptions, 'clock'> {
  /** What `createSessions` gives. `close` is called at shutdown, once no request runs any more. */
  readonly sessions: { readonly manager: SessionManager; readonly close?: () => Promise<void> };
  /** Whose access tokens are taken: an `AccessTokenSigner`'s, or another server's. */
  readonly tokens: Pick<SessionModuleOptions, 'issuer' | 'audience' | 'keys'>;
}

/** What a gateway, and who owns the connections, do elsewhere: notes activity, and lets go of the store. */
export class StandaloneSessions implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly options: StandaloneSessionOptions,
  ) {}

  /** Nobody waits for it, and a store that is away costs a minute of idleness. */
  onModuleInit(): void {
    const { manager } = this.options.sessions;
    this.host.httpAdapter.getInstance<FastifyInstance>().addHook('onResponse', async ({ session }) => {
      if (session && this.#isDue(session)) await manager.touch(session.sessionId).catch(() => false);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.options.sessions.close?.();
  }

  #isDue({ activity }: ActiveSession): boolean {
    if (!activity) return false;
    const { clock = systemClock } = this.options;
    const { lastSeenAt, idleExpiresAt } = activity;
    return clock.now() - lastSeenAt >= touchIntervalMs(idleExpiresAt - lastSeenAt);
  }
}
