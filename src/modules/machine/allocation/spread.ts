/** What spreading looks at: where a machine stands, and which tags it carries. */
export interface Placed {
  readonly rackId: string;
  readonly tags: readonly string[];
}

/**
 * The available machines in the racks with the fewest machines of the project; placement tags outrank mere number
 * (reference/10 §3.6). All machines of the result are equally good. A rack id of `""` counts as a rack of its own.
 */
export function spread<T extends { readonly rackId: string }>(
  available: readonly T[],
  ofProject: readonly Placed[],
  placementTags: readonly string[],
): readonly T[] {
  const racks = new Set(available.map((machine) => machine.rackId));
  const byNumber = emptiest(racks, ofProject, () => 1);
  const weights = new Map<string, number>();
  for (const tag of placementTags) weights.set(tag, (weights.get(tag) ?? 0) + 1);
  const weightOf = ({ tags }: Placed): number =>
    [...new Set(tags)].reduce((sum, tag) => sum + (weights.get(tag) ?? 0), 0);
  const byTags = emptiest(racks, ofProject, weightOf);
  const both = new Set([...byTags].filter((rack) => byNumber.has(rack)));
  const winners = both.size > 0 ? both : byTags;
  return available.filter((machine) => winners.has(machine.rackId));
}

function emptiest(
  racks: ReadonlySet<string>,
  machines: readonly Placed[],
  weight: (machine: Placed) => number,
): Set<string> {
  const occupancy = new Map([...racks].map((rack) => [rack, 0]));
  for (const machine of machines) {
    const count = occupancy.get(machine.rackId);
    if (count !== undefined) occupancy.set(machine.rackId, count + weight(machine));
  }
  const least = [...occupancy.values()].reduce((lowest, count) => Math.min(lowest, count), Infinity);
  return new Set([...occupancy].filter(([, count]) => count === least).map(([rack]) => rack));
}
