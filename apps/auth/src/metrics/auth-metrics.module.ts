import { MetricsModule } from '@holdfast/service-defaults';
import { Module } from '@nestjs/common';
import { AuthMetrics } from './auth-metrics.js';

/** Exports `AuthMetrics`. */
@Module({ imports: [MetricsModule], providers: [AuthMetrics], exports: [AuthMetrics] })
export class AuthMetricsModule {}
