import { SessionIds, SessionKeys } from '@holdfast/session-core';
import { Module, type DynamicModule } from '@nestjs/common';
import { ExchangeController } from './exchange.controller.js';
import { GrantAnswers } from './grant-answers.js';
import { PlatformSessionsController } from './platform-sessions.controller.js';
import { SessionEnds } from './session-ends.js';
import { SessionsController } from './sessions.controller.js';

/** Sessions: a user's own, anybody's for administrators, and a browser's for the gateway. */
@Module({})
export class SessionsModule {
  /** @param sessionSecret - `SESSION_SECRET` */
  static forRoot(imports: DynamicModule[], sessionSecret: string): DynamicModule {
    const ids = {
      provide: SessionIds,
      useFactory: () => new SessionIds(SessionKeys.fromSecret(sessionSecret)),
    };
    return {
      module: SessionsModule,
      imports,
      controllers: [SessionsController, PlatformSessionsController, ExchangeController],
      providers: [ids, GrantAnswers, SessionEnds],
      exports: [GrantAnswers, SessionEnds, SessionIds],
    };
  }
}
