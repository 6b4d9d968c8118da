import { Body, Controller, Get, HttpCode, Inject, Optional, Post, Query } from '@nestjs/common';
import {
  anomaliesQuery,
  auditActionBody,
  auditQuery,
  pageQuery,
  PERMISSIONS,
  type AnomaliesQuery,
  type AuditQuery,
  type PageQuery,
} from '@holdfast/contracts';
import { CurrentSession, Internal, Roles, SessionPolicy, type ActiveSession } from '@holdfast/session-nest';
import type { z } from 'zod';
import { AuditReader } from './audit-reader.js';
import { AuditTrail } from './audit-trail.js';
import { activityView, anomaliesView, auditView } from './audit-view.js';

/** Injection token: where traces are shown (`string`), with `{traceId}` in it; nothing: nobody knows. */
export const TRACE_URL = Symbol('TRACE_URL');

/** The trail, for administrators. */
@Roles(...PERMISSIONS['audit:read'])
@SessionPolicy('critical')
@Controller('platform')
export class PlatformAuditController {
  constructor(
    private readonly reader: AuditReader,
    @Optional() @Inject(TRACE_URL) private readonly traceUrl?: string,
  ) {}

  @Get('audit')
  async audit(@Query({ schema: auditQuery }) query: AuditQuery) {
    return auditView(await this.reader.events(query), this.traceUrl);
  }

  @Get('anomalies')
  async anomalies(@Query({ schema: anomaliesQuery }) query: AnomaliesQuery) {
    return anomaliesView(await this.reader.anomalies(query));
  }
}

/** What happened to one's own account. */
@Controller('auth/activity')
export class ActivityController {
  constructor(private readonly reader: AuditReader) {}

  @Get()
  async activity(@CurrentSession() { userId }: ActiveSession, @Query({ schema: pageQuery }) page: PageQuery) {
    return activityView(await this.reader.ofUser(userId, page));
  }
}

/** What administrators do by way of the gateway, which keeps no trail of its own. A repeat is the same event. */
@Internal('gateway')
@Controller('internal/audit/actions')
export class AuditActionsController {
  constructor(private readonly trail: AuditTrail) {}

  @Post()
  @HttpCode(204)
  async note(@Body({ schema: auditActionBody }) body: z.output<typeof auditActionBody>): Promise<void> {
    const { action, target, detail, ...event } = body;
    await this.trail.record({ type: 'admin-action', ...event, detail: { ...detail, action, target } });
  }
}
