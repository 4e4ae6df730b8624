import { defineTable } from '../../platform/store/table.js';
import type { SizeImageConstraint } from './size-image-constraint.js';

export const sizeImageConstraintTable = defineTable<SizeImageConstraint>()({ name: 'sizeimageconstraint' });
