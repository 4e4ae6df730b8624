import { Inject } from '@nestjs/common';
import { CLOCK } from '../../shared/clock.js';

/** Injects the clock of the process: `constructor(@InjectClock() private readonly clock: Clock)`. */
export const InjectClock = (): ParameterDecorator => Inject(CLOCK);
