/** Input of spreading: the location of a machine and its tags. */
export interface Placement {
  readonly rackId: string | undefined;
  readonly tags: readonly string[];
}

/** What speaks against a rack with available machines. */
export interface RackScore {
  readonly rackId: string | undefined;
  /** How many of the available machines stand in it. */
  readonly available: number;
  /** How many machines of the project stand in it. */
  readonly ofProject: number;
  /** How many placement tags of the request those carry, all together. */
  readonly tags: number;
  /** Whether a machine of this rack is taken. */
  readonly wins: boolean;
}

/**
 * Returns the available machines in the racks with the fewest machines of the project; placement tags take precedence
 * over the number of machines (docs/reference/machine-allocation.md#rack-spreading). All returned machines are
 * equally good. Machines whose rack is not known count as one rack.
 */
export function spreadOverRacks<T extends { readonly rackId: string | undefined }>(
  available: readonly T[],
  ofProject: readonly Placement[],
  placementTags: readonly string[],
): readonly T[] {
  const scores = scoreRacks(available, ofProject, placementTags);
  const winners = new Set(scores.filter(({ wins }) => wins).map(({ rackId }) => rackId));
  return available.filter((machine) => winners.has(machine.rackId));
}

/**
 * The racks of the available machines. Those win that have both the fewest machines of the project and the fewest tags;
 * where no rack has both, those with the fewest tags.
 */
export function scoreRacks(
  available: readonly { readonly rackId: string | undefined }[],
  ofProject: readonly Placement[],
  placementTags: readonly string[],
): readonly RackScore[] {
  const racks = new Map<string | undefined, { available: number; ofProject: number; tags: number }>();
  for (const { rackId } of available) {
    const rack = racks.get(rackId);
    if (rack) rack.available += 1;
    else racks.set(rackId, { available: 1, ofProject: 0, tags: 0 });
  }
  const weights = new Map<string, number>();
  for (const tag of placementTags) weights.set(tag, (weights.get(tag) ?? 0) + 1);
  for (const { rackId, tags } of ofProject) {
    const rack = racks.get(rackId);
    if (!rack) continue;
    rack.ofProject += 1;
    for (const tag of new Set(tags)) rack.tags += weights.get(tag) ?? 0;
  }
  const least = (of: 'ofProject' | 'tags'): number =>
    [...racks.values()].reduce((lowest, rack) => Math.min(lowest, rack[of]), Infinity);
  const [fewestMachines, fewestTags] = [least('ofProject'), least('tags')];
  const isBestInBoth = ({ ofProject: count, tags }: { ofProject: number; tags: number }): boolean =>
    tags === fewestTags && count === fewestMachines;
  const hasBestInBoth = [...racks.values()].some(isBestInBoth);
  return [...racks].map(([rackId, rack]) => ({
    rackId,
    ...rack,
    wins: hasBestInBoth ? isBestInBoth(rack) : rack.tags === fewestTags,
  }));
}
