import { entityResponse } from '../../platform/http/wire/entity.js';
import type { ConstraintMatch } from './from-hardware.js';
import type { MachineHardwareExtended } from './legacy-hardware.dto.js';
import type { SizeConstraintDto, SizeMatchingLog, SizeResponse, SizeUpdateRequest } from './size.dto.js';
import type { ConstraintType, HardwareFacts, Size, SizeConstraint } from './size.js';
import type { SizeSpec } from './size.service.js';

export const toSizeSpec = (body: SizeUpdateRequest): SizeSpec => ({
  name: body.name,
  description: body.description,
  labels: body.labels,
  constraints: body.constraints?.map(toConstraint),
});

const toConstraint = ({ type, min, max, identifier }: SizeConstraintDto): SizeConstraint => ({
  // Clients may send any text; `checkConstraints` rejects unknown types.
  type: (type ?? '') as ConstraintType,
  min: min ?? 0,
  max: max ?? 0,
  identifier: identifier ?? '',
});

export const toSizeResponse = (size: Size): SizeResponse => ({
  ...entityResponse(size),
  constraints: size.constraints.map(toConstraintDto),
  labels: size.labels,
});

/**
 * `min` and `max` are present even if 0, because legacy clients require them
 * (docs/reference/catalog-conventions.md#clients-of-january-2021).
 */
export const toConstraintDto = ({ type, min, max, identifier }: SizeConstraint): SizeConstraintDto => ({
  type,
  min,
  max,
  ...(identifier && { identifier }),
});

/** All cores are attributed to one CPU of unknown model. */
export const toHardwareFacts = ({ memory, cpu_cores, disks }: MachineHardwareExtended): HardwareFacts => ({
  memory: memory ?? 0,
  cpus: [{ model: '', cores: cpu_cores ?? 0 }],
  gpus: [],
  disks: (disks ?? []).map(({ name, size }) => ({ name: name ?? '', size: size ?? 0 })),
});

export const toMatchingLog = (size: Size, matches: readonly ConstraintMatch[]): SizeMatchingLog => ({
  name: size.id,
  log: '',
  match: true,
  constraints: matches.map(({ constraint, amount, holds }) => ({
    constraint: toConstraintDto(constraint),
    match: holds,
    log: `${amount} >= ${constraint.min} && ${amount} <= ${constraint.max}`,
  })),
});
