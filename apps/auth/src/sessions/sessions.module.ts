import { SessionIds, SessionKeys, type SessionStrategy } from '@holdfast/session-core';
import { DataSealer } from '@holdfast/session-token';
import { Module, type DynamicModule } from '@nestjs/common';
import { AuthMetricsModule } from '../metrics/auth-metrics.module.js';
import { ExchangeController } from './exchange.controller.js';
import { GrantAnswers } from './grant-answers.js';
import { SessionDataController } from './session-data.controller.js';
import { KEPT_AS, PlatformSessionsController } from './platform-sessions.controller.js';
import { SessionEnds } from './session-ends.js';
import { SessionsController } from './sessions.controller.js';

/** What the sessions' routes need. */
export interface SessionsSettings {
  /** `SESSION_SECRET` */
  readonly sessionSecret: string;
  /** `SESSION_STRATEGY` */
  readonly strategy: SessionStrategy;
  /** Where clients carry the sessions' data: what makes it. Default: a store has the data. */
  readonly sealer?: DataSealer;
}

/** Sessions: a user's own, anybody's for administrators, and a browser's for the gateway. */
@Module({})
export class SessionsModule {
  static forRoot(
    imports: DynamicModule[],
    { sessionSecret, strategy, sealer }: SessionsSettings,
  ): DynamicModule {
    const ids = {
      provide: SessionIds,
      useFactory: () => new SessionIds(SessionKeys.fromSecret(sessionSecret)),
    };
    return {
      module: SessionsModule,
      imports: [...imports, AuthMetricsModule],
      controllers: [
        SessionsController,
        PlatformSessionsController,
        ExchangeController,
        ...(sealer ? [SessionDataController] : []),
      ],
      providers: [
        ids,
        { provide: KEPT_AS, useValue: strategy },
        GrantAnswers,
        SessionEnds,
        ...(sealer ? [{ provide: DataSealer, useValue: sealer }] : []),
      ],
      exports: [GrantAnswers, SessionEnds, SessionIds],
    };
  }
}
