import type { SizeImageConstraintResponse, SizeImageConstraintUpdateRequest } from './size-image-constraint.dto.js';
import type { SizeImageConstraint } from './size-image-constraint.js';
import type { SizeImageConstraintSpec } from './size-image-constraint.service.js';

export const toSizeImageConstraintSpec = (body: SizeImageConstraintUpdateRequest): SizeImageConstraintSpec => ({
  name: body.name,
  description: body.description,
  images: body.constraints?.images,
});

export const toSizeImageConstraintResponse = (constraint: SizeImageConstraint): SizeImageConstraintResponse => ({
  id: constraint.id,
  name: constraint.name,
  description: constraint.description,
  constraints: { images: constraint.images },
});
