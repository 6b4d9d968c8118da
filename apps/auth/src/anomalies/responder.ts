import { systemEvent, type AuditEvent } from '@holdfast/service-defaults';
import type { EndReason } from '@holdfast/session-core';
import { Logger } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { isUnusual, type Unusual } from '../mail/notices.js';
import type { AnomalyAction, DetectorName, Finding } from './detector.js';

/** What follows from whose findings. Default: `notify`. */
export type AnomalyActions = ReadonlyMap<DetectorName, AnomalyAction>;

/** What a `Responder` acts with. */
export interface ResponderDeps {
  readonly actions: AnomalyActions;
  /** Ends a session; repeating it changes nothing. */
  readonly end: (sessionId: string, because: EndReason) => Promise<unknown>;
  /** Has a session step up before it writes again; repeating it changes nothing. */
  readonly demandStepUp: (sessionId: string) => Promise<unknown>;
  /** Writes to the user, if there is one. */
  readonly mail: (userId: string, what: Unusual) => void;
  readonly counter: Pick<Counter<'detector' | 'severity'>, 'inc'>;
}

/** A finding, and the event that the trail gets of it. */
export interface Answered {
  readonly finding: Finding;
  readonly event: AuditEvent;
}

/** Does what follows from findings. */
export class Responder {
  private readonly logger = new Logger('Anomalies');

  constructor(private readonly deps: ResponderDeps) {}

  /** Ends the session, or has it step up, where that is wanted and there is one. May be repeated. */
  async act(finding: Finding): Promise<Answered> {
    const { detector, severity, evidence } = finding;
    const userId = finding.userId ?? undefined;
    const sessionId = finding.sessionId ?? undefined;
    const action = await this.carriedOut(finding);
    const detail = { ...evidence, detector, severity, action };
    const about = { userId, sessionId, ip: finding.ip ?? undefined };
    return { finding, event: systemEvent({ type: 'anomaly', ...about, detail }) };
  }

  /** Tells whom it concerns, once it is written down. */
  tell({ finding, event: { detail, userId, sessionId } }: Answered): void {
    const { detector, severity } = finding;
    this.deps.counter.inc({ detector, severity });
    const line = { msg: 'Anomaly', userId, sessionId, ...detail };
    if (severity === 'low') this.logger.log(line);
    else this.logger.warn(line);
    if (userId !== undefined && isUnusual(detector)) this.deps.mail(userId, detector);
  }

  private async carriedOut({ detector, sessionId }: Finding): Promise<AnomalyAction> {
    const wanted = this.deps.actions.get(detector) ?? 'notify';
    // Whoever showed a spent token has ended the session by that.
    if (detector === 'refresh-reuse') return 'end';
    if (!sessionId || wanted === 'notify') return 'notify';
    if (wanted === 'end') await this.deps.end(sessionId, 'revoked');
    else await this.deps.demandStepUp(sessionId);
    return wanted;
  }
}
