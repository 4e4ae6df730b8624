import { Delete, Get, Param, Query } from '@nestjs/common';
import { Operation, OperatorController } from '../../../platform/http/operation.js';
import { respondWithList } from '../../../platform/http/wire/list-response.js';
import type { ListResponse } from '../../../platform/http/wire/list-response.js';
import { TextQuery } from '../../../platform/http/wire/query.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { quoteText } from '../../../shared/text.js';
import { AllocationWaitResponse } from './wait-entry.dto.js';
import { toWaitResponse } from './wait-entry.mapper.js';
import { WAIT_STATES } from './wait-entry.js';
import type { WaitEntry, WaitState } from './wait-entry.js';
import { WaitingListRepository } from './waiting-list.repository.js';
import { WaitingListService } from './waiting-list.service.js';

const STATES = WAIT_STATES.filter((state) => state !== 'joining');

/** The waiting list of `allocation/many` (docs/guide/allocate-many.md). Not part of the v1 contract. */
@OperatorController('allocation/wait', 'allocation')
export class WaitController {
  constructor(
    private readonly list: WaitingListService,
    private readonly entries: WaitingListRepository,
  ) {}

  @Get()
  @Operation({
    id: 'listAllocationWaits',
    role: 'viewer',
    summary: 'list the requests on the waiting list, in their order',
    description: 'Those that have ended are listed for a day.',
    query: {
      project: { type: 'string', doc: 'only requests with members of this project' },
      state: { type: 'string', doc: `only requests in this state: ${STATES.join(', ')}` },
    },
    result: [AllocationWaitResponse],
  })
  listAllocationWaits(
    @Query('project', TextQuery) project?: string,
    @Query('state', TextQuery) state?: string,
  ): Promise<ListResponse<AllocationWaitResponse>> {
    const query = { project, state: stateOf(state) };
    return respondWithList(
      () => this.list.find(query),
      (entry) => this.responseOf(entry),
    );
  }

  @Get(':id')
  @Operation({
    id: 'findAllocationWait',
    role: 'viewer',
    summary: 'get a request on the waiting list: its position, or what it got',
    result: AllocationWaitResponse,
  })
  findAllocationWait(@Param('id') id: string): AllocationWaitResponse {
    return this.responseOf(this.list.get(id));
  }

  @Delete(':id')
  @Operation({
    id: 'cancelAllocationWait',
    role: 'editor',
    summary: 'take a request off the waiting list',
    description:
      'May be repeated. 409 if the request was served: its machines are allocated, and are freed as all others.',
    result: AllocationWaitResponse,
    errors: [409],
  })
  async cancelAllocationWait(@Param('id') id: string): Promise<AllocationWaitResponse> {
    return this.responseOf(await this.list.cancel(id));
  }

  private responseOf(entry: WaitEntry): AllocationWaitResponse {
    return toWaitResponse(entry, (one, { partitionId, sizeId }) => this.entries.position(one, partitionId, sizeId));
  }
}

function stateOf(text: string | undefined): WaitState | undefined {
  if (text === undefined) return undefined;
  const state = STATES.find((one) => one === text);
  if (state === undefined)
    throw malformed(`query parameter "state" is ${quoteText(text, 60)}, expected one of ${STATES.join(', ')}`);
  return state;
}
