import { Global, Module } from '@nestjs/common';
import { CLOCK, systemClock } from '../../shared/clock.js';

/** Hands the system's clock to every feature; tests override the `CLOCK` provider. */
@Global()
@Module({ providers: [{ provide: CLOCK, useValue: systemClock }], exports: [CLOCK] })
export class ClockModule {}
