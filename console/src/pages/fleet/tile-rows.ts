import type { Rack } from '../../machines/places.js';

/** Sizes in pixels, as in fleet.css. */
export const RACK_WIDTH = 258;
const TILES_PER_LINE = 8;
const LINE = 30;
const RACK_FRAME = 58;
const PLACE = 44;

/** What a row of the page shows: the name of a room, or racks of it side by side. */
export type TileRow =
  | { readonly type: 'place'; readonly partition: string; readonly room: string; readonly machines: number }
  | { readonly type: 'racks'; readonly racks: readonly Rack[] };

/** The rows for racks in order, `columns` of them side by side. */
export function rowsOf(racks: readonly Rack[], columns: number): readonly TileRow[] {
  const rows: TileRow[] = [];
  for (let start = 0; start < racks.length;) {
    const { partition, room } = racks[start]!;
    let end = start;
    while (racks[end]?.partition === partition && racks[end]?.room === room) end++;
    const here = racks.slice(start, end);
    rows.push({
      type: 'place',
      partition,
      room,
      machines: here.reduce((sum, { machines }) => sum + machines.length, 0),
    });
    for (let at = 0; at < here.length; at += columns) rows.push({ type: 'racks', racks: here.slice(at, at + columns) });
    start = end;
  }
  return rows;
}

export function heightOf(row: TileRow): number {
  if (row.type === 'place') return PLACE;
  const most = Math.max(...row.racks.map(({ machines }) => machines.length));
  return RACK_FRAME + Math.ceil(most / TILES_PER_LINE) * LINE;
}
