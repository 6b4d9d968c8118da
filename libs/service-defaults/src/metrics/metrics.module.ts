import { Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Exposition } from './exposition.js';
import { MetricsController } from './metrics.controller.js';

/** `/metrics` of a process: exports the `Registry` whose metrics it shows. Names and meanings: docs/reference/metrics.md. */
@Module({
  controllers: [MetricsController],
  providers: [{ provide: Registry, useFactory: () => new Registry() }, Exposition],
  exports: [Registry, Exposition],
})
export class MetricsModule {}
