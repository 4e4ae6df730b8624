import { entityResponse } from '../../platform/http/wire/entity.js';
import type { SizeConstraintDto, SizeResponse, SizeUpdateRequest } from './size.dto.js';
import type { ConstraintType, Size, SizeConstraint } from './size.js';
import type { SizeSpec } from './size.service.js';

export const toSizeSpec = (body: SizeUpdateRequest): SizeSpec => ({
  name: body.name,
  description: body.description,
  labels: body.labels,
  constraints: body.constraints?.map(toConstraint),
});

const toConstraint = ({ type, min, max, identifier }: SizeConstraintDto): SizeConstraint => ({
  // Any text may come; the rules of sizes refuse what is no type.
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

/** `min` and `max` are there even when 0: clients of 2021 need them (reference/30 §11). */
export const toConstraintDto = ({ type, min, max, identifier }: SizeConstraint): SizeConstraintDto => ({
  type,
  min,
  max,
  ...(identifier && { identifier }),
});
