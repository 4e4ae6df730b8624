import { Injectable } from '@nestjs/common';
import type { PartitionId, SizeId, WaitEntryId } from '../../../shared/id.js';
import { LateBoundFunction } from '../../../shared/late-bound-function.js';

/**
 * How many machines of a size in a partition the waiting list wants for requests that are ahead: those before `entry`, or
 * all for a request that is not on the list. The waiting list answers.
 */
@Injectable()
export class MachinesAwaited extends LateBoundFunction<
  [partitionId: PartitionId, sizeId: SizeId, entry: WaitEntryId | undefined],
  number
> {}
