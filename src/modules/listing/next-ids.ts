import { acquireLoopTurn, LoopSlicer } from '../../shared/event-loop.js';

/**
 * The first `count` ids after `after`, in their order; looks through all ids in turns that yield to the event loop. An id that is
 * there all the time is found, whatever comes and goes meanwhile.
 */
export async function nextIds(
  ids: () => Iterable<string>,
  after: string | undefined,
  count: number,
): Promise<string[]> {
  await acquireLoopTurn();
  const slicer = new LoopSlicer();
  let found: string[] = [];
  let end: string | undefined;
  for (const id of ids()) {
    if (slicer.due) await slicer.pause();
    if ((after !== undefined && id <= after) || (end !== undefined && id >= end)) continue;
    found.push(id);
    // Now and then, which bounds memory and costs little per id.
    if (found.length < 2 * count) continue;
    found = first(found, count);
    end = found.length < count ? undefined : found.at(-1);
  }
  return first(found, count);
}

/** Without repetitions, which a removed and added object leaves. */
const first = (ids: readonly string[], count: number): string[] => [...new Set(ids)].sort(byCodeUnits).slice(0, count);

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
