import { Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { ProcessIdentity } from '../../../platform/process/process-identity.js';
import type { Lease } from './transitions/lease.js';

/** The lease under which this process allocates and releases machines (docs/concepts/design.md#claims-with-a-deadline). */
@Injectable()
export class WorkLease {
  constructor(
    @InjectConfig() private readonly config: Pick<Config, 'allocation'>,
    private readonly process: ProcessIdentity,
  ) {}

  get lease(): Lease {
    return { by: this.process.id, timeout: this.config.allocation.timeout };
  }
}
