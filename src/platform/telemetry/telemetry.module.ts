import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** Provides the metrics of the process to all features: `constructor(private readonly metrics: Metrics)`. */
@Global()
@Module({})
export class TelemetryModule {
  static of(metrics: Metrics): DynamicModule {
    return { module: TelemetryModule, providers: [{ provide: Metrics, useValue: metrics }], exports: [Metrics] };
  }
}
