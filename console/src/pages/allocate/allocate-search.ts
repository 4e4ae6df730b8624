import { textOf } from '../fleet/fleet-search.js';

/** Fields that a link to the form fills in. */
export interface AllocateSearch {
  readonly partition?: string;
  readonly size?: string;
  readonly project?: string;
}

export const allocateSearch = ({ partition, size, project }: Record<string, unknown>): AllocateSearch => ({
  ...(textOf(partition) && { partition: textOf(partition) }),
  ...(textOf(size) && { size: textOf(size) }),
  ...(textOf(project) && { project: textOf(project) }),
});
