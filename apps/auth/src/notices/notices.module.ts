import { giveNotice, REDIS_GENERAL } from '@holdfast/service-defaults';
import { SessionManager } from '@holdfast/session-core';
import type { Redis } from '@holdfast/session-redis';
import { Inject, Module, type DynamicModule } from '@nestjs/common';
import { KeyRotation } from '../keys/key-rotation.js';

/** Lets the gateways know what only auth knows, for whoever watches the platform: ends of sessions, new keys. */
@Module({})
export class NoticesModule {
  constructor(manager: SessionManager, rotation: KeyRotation, @Inject(REDIS_GENERAL) redis: Redis) {
    manager.onEnd(({ sessionIds, because, userId }) => {
      // Who signs in anew has not been sent away.
      if (because === 'replaced') return;
      const revoked = sessionIds.length;
      void giveNotice(redis, { type: 'session-revoked', userId, because, revoked, sessionIds });
    });
    rotation.onNew(({ kid, previousKid, signsFromAt }) => {
      const signsFrom = new Date(signsFromAt).toISOString();
      void giveNotice(redis, { type: 'key-rotated', kid, previousKid, signsFrom });
    });
  }

  /** @param imports - of the session manager, the rotation of keys and Redis */
  static forRoot(imports: DynamicModule[]): DynamicModule {
    return { module: NoticesModule, imports };
  }
}
