import type { AllocationExplanation } from './explanation.service.js';
import type { ExplanationResponse, MissResponse } from './explanation.dto.js';
import type { Miss } from './explanation.js';

/** How many machines, all equally good, a response names. */
const MAX_BEST = 20;

export function toExplanationResponse(explanation: AllocationExplanation): ExplanationResponse {
  const { refusal, summary, filters, nearestMisses, racks, best = [], addresses, machine } = explanation;
  return {
    verdict: refusal === undefined ? 'allocatable' : 'refused',
    refusal,
    summary,
    filters: filters?.map(({ filter, left, examples }) => ({ filter, left, examples: examples.map(toMiss) })),
    nearestmisses: nearestMisses?.map(toMiss),
    racks: racks?.map(({ rackId, available, ofProject, tags, wins }) => ({
      rack: rackId ?? '',
      available,
      ofproject: ofProject,
      tags,
      wins,
    })),
    ...(refusal === undefined && { chosen: { oneof: best.length, machines: best.slice(0, MAX_BEST) } }),
    addresses: addresses?.map(({ networkId, family, left }) => ({ network: networkId, family, left })),
    machine: machine && {
      machine: machine.id,
      verdict: verdictOf(explanation, machine),
      filters: machine.filters.map(({ filter, problem }) => ({
        filter,
        passes: problem === undefined,
        ...(problem !== undefined && { reason: problem }),
      })),
    },
  };
}

/** What speaks against one machine, in one sentence. */
function verdictOf(
  { refusal, best = [], racks = [] }: AllocationExplanation,
  { id, rackId, filters }: NonNullable<AllocationExplanation['machine']>,
): string {
  const first = filters.find(({ problem }) => problem !== undefined);
  if (first) return `not taken: ${first.problem}`;
  if (best.includes(id) && refusal === undefined) {
    return best.length === 1 ? 'taken' : `taken with a chance of 1 in ${best.length}`;
  }
  if (refusal !== undefined) return `passes all filters, but the request is refused: ${refusal}`;
  const rack = racks.find((one) => one.rackId === rackId);
  return `not taken: other racks than "${rackId ?? ''}" have fewer machines of the project (${rack?.ofProject ?? 0}) or fewer of the placement tags (${rack?.tags ?? 0})`;
}

const toMiss = ({ machineId, filter, reason }: Miss): MissResponse => ({ machine: machineId, filter, reason });
