import { SessionIds, SessionKeys } from '@holdfast/session-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { SessionsController } from './sessions.controller.js';

/** A user's own sessions. */
@Module({})
export class SessionsModule {
  /** @param sessionSecret - `SESSION_SECRET` */
  static forRoot(imports: DynamicModule[], sessionSecret: string): DynamicModule {
    const ids = {
      provide: SessionIds,
      useFactory: () => new SessionIds(SessionKeys.fromSecret(sessionSecret)),
    };
    return { module: SessionsModule, imports, controllers: [SessionsController], providers: [ids] };
  }
}
