import { Inject } from '@nestjs/common';
import { APP_LOGGER } from '../../shared/app-logger.js';

/** Injects the logger of the process: `constructor(@InjectLogger() private readonly log: AppLogger)`. */
export const InjectLogger = (): ParameterDecorator => Inject(APP_LOGGER);
