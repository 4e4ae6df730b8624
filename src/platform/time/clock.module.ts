import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CLOCK, systemClock, type Clock } from '../../shared/clock.js';

/** Provides a clock to all features: the system's unless another one is given; tests override the `CLOCK` provider. */
@Global()
@Module({})
export class ClockModule {
  static of(clock: Clock = systemClock): DynamicModule {
    return { module: ClockModule, providers: [{ provide: CLOCK, useValue: clock }], exports: [CLOCK] };
  }
}
