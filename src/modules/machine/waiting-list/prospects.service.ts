import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { PlacementService } from '../allocation/placement.service.js';
import { PriorClaims } from '../allocation/prior-claims.service.js';
import { BundlePlanner } from '../bundle/bundle-planner.service.js';
import { requestOf } from './wait-entry.js';
import type { WaitEntry } from './wait-entry.js';

/** Whether an entry of the waiting list can be served now, as far as memory knows. Changes nothing. */
@Injectable()
export class Prospects {
  constructor(
    private readonly planner: BundlePlanner,
    private readonly placement: PlacementService,
    private readonly priorClaims: PriorClaims,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  /** Whether enough machines are free: cheap, and true too often. */
  hasCandidates({ wants }: WaitEntry): boolean {
    return wants.every(
      ({ partitionId, sizeId, machines }) => this.placement.candidates(partitionId, sizeId) >= machines,
    );
  }

  /** Whether a project of the entry may take machines that those ahead may not have. */
  hasReservation({ wants, projects }: WaitEntry): boolean {
    return wants.some(({ partitionId, sizeId }) => this.priorClaims.isReserved(partitionId, sizeId, projects));
  }

  /** What speaks against the entry; undefined if nothing does. */
  problemOf(entry: WaitEntry): Error | undefined {
    try {
      this.planner.plan(requestOf(entry), entry.id);
      return undefined;
    } catch (error) {
      if (isDomainError(error)) return error;
      this.log.warn(`entry ${entry.id} of the waiting list could not be planned`, error);
      return new Error('internal error');
    }
  }
}
