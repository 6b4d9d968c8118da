import { SessionManager } from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { AuthMetrics } from '../metrics/auth-metrics.js';

/** Refreshes sessions, and counts how that comes out. */
@Injectable()
export class Refreshes {
  constructor(
    private readonly sessions: SessionManager,
    private readonly metrics: AuthMetrics,
  ) {}

  async refresh(refreshToken: string): ReturnType<SessionManager['refresh']> {
    try {
      const refreshed = await this.sessions.refresh(refreshToken);
      if (refreshed.outcome !== 'refused') this.metrics.refresh('success');
      else this.metrics.refresh(refreshed.theft ? 'theft' : refreshed.ended ? 'ended' : 'refused');
      return refreshed;
    } catch (error) {
      this.metrics.refresh('failed');
      throw error;
    }
  }

  /** The public id of the session that a token belongs to, or belonged to. */
  sessionOf(refreshToken: string): ReturnType<SessionManager['sessionOfRefreshToken']> {
    return this.sessions.sessionOfRefreshToken(refreshToken);
  }
}
