import { MetricsModule } from '@holdfast/service-defaults';
import { SessionManager } from '@holdfast/session-core';
import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { AccountStore } from '../accounts/account-store.js';
import {
  ActivityController,
  AuditActionsController,
  PlatformAuditController,
  TRACE_URL,
} from '../audit/audit.controller.js';
import { AuditReader } from '../audit/audit-reader.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { Duty } from '../audit/duty.js';
import { Keeper } from '../audit/keeper.js';
import { Retention } from '../audit/retention.js';
import { Sealer } from '../audit/sealer.js';
import { StreamMover } from '../audit/stream-mover.js';
import { SessionCensus } from '../census/session-census.js';
import { Database } from '../db/database.js';
import { Notices } from '../mail/notices.js';
import { SessionEnds } from '../sessions/session-ends.js';
import { Examiner } from './examiner.js';
import { Responder, type AnomalyActions, type ResponderDeps } from './responder.js';
import type { Thresholds } from './thresholds.js';

/** When something is an anomaly, what follows, and where its trace is shown. */
export interface AnomalySettings {
  readonly thresholds: Thresholds;
  readonly actions: AnomalyActions;
  /** `TRACE_URL` */
  readonly traceUrl?: string | undefined;
}

/** Keeps the trail, looks for anomalies in it, and shows both to administrators. */
@Module({})
export class AnomaliesModule {
  /** @param imports - the trail, the database, accounts, mail, sessions */
  static forRoot(imports: DynamicModule[], settings: AnomalySettings): DynamicModule {
    return {
      module: AnomaliesModule,
      imports: [...imports, MetricsModule],
      controllers: [PlatformAuditController, ActivityController, AuditActionsController],
      providers: [
        AuditReader,
        { provide: TRACE_URL, useValue: settings.traceUrl },
        responderOf(settings),
        examinerOf(settings),
        KEEPER,
      ],
    };
  }
}

function responderOf({ actions }: AnomalySettings): FactoryProvider<Responder> {
  return {
    provide: Responder,
    inject: [SessionEnds, SessionManager, AccountStore, Notices, Registry],
    useFactory: (
      ...[ends, sessions, accounts, notices, registry]: [
        SessionEnds,
        SessionManager,
        AccountStore,
        Notices,
        Registry,
      ]
    ) =>
      new Responder({
        actions,
        end: (sessionId, because) => ends.end(sessionId, because),
        demandStepUp: (sessionId) => sessions.demandStepUp(sessionId),
        mail: mailer(accounts, notices),
        counter: counterOf(registry),
      }),
  };
}

function mailer(accounts: AccountStore, notices: Notices): ResponderDeps['mail'] {
  return (userId, what) => notices.unusual(async () => (await accounts.findById(userId))?.email, what);
}

function counterOf(registry: Registry) {
  return new Counter({
    name: 'holdfast_anomalies_total',
    help: 'What detectors of anomalies found, by detector and severity',
    labelNames: ['detector', 'severity'],
    registers: [registry],
  });
}

function examinerOf({ thresholds }: AnomalySettings): FactoryProvider<Examiner> {
  return {
    provide: Examiner,
    inject: [Database, Duty, Responder],
    useFactory: (database: Database, duty: Duty, responder: Responder) =>
      new Examiner({ database, duty, responder, thresholds }),
  };
}

const KEEPER: FactoryProvider<Keeper> = {
  provide: Keeper,
  inject: [
    AuditTrail,
    Duty,
    StreamMover,
    Sealer,
    Examiner,
    Retention,
    { token: SessionCensus, optional: true },
  ],
  useFactory: (
    ...[trail, duty, mover, sealer, examiner, retention, sideline]: [
      AuditTrail,
      Duty,
      StreamMover,
      Sealer,
      Examiner,
      Retention,
      SessionCensus?,
    ]
  ) => new Keeper({ trail, duty, mover, sealer, examiner, retention, sideline }),
};
