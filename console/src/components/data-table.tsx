import { Text } from '@mantine/core';
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  sortFn_datetime,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import type { ColumnDef, ColumnHelper, RowData, SortingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic, datetime: sortFn_datetime },
});

/** Columns of a table of `T`; define them once, outside of components. */
export const columnsOf = <T extends RowData>(): ColumnHelper<typeof features, T> =>
  createColumnHelper<typeof features, T>();

/** What a page passes as `columns`: the values of columns have different types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the library's own type for columns of any value
export type Columns<T extends RowData> = readonly ColumnDef<typeof features, T, any>[];

interface Props<T extends RowData> {
  /** For screen readers. */
  readonly label: string;
  readonly columns: Columns<T>;
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  readonly sorting?: SortingState;
  /** What to say when there are no rows. */
  readonly empty?: string;
  /** CSS height of the part that scrolls, at most. */
  readonly height?: string;
}

const ROW = 36;

/** A table that sorts by its headers and renders only the rows in sight, so that it takes 10,000 of them. */
export function DataTable<T extends RowData>({
  label,
  columns,
  rows,
  idOf,
  sorting = [],
  empty = 'Nothing',
  height = '65vh',
}: Props<T>) {
  const table = useTable({
    features,
    columns: columns,
    data: rows,
    getRowId: idOf,
    initialState: { sorting },
  });
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = table.getRowModel().rows;
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const [before, after] = [items[0]?.start ?? 0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)];
  return (
    <div
      ref={scroller}
      className="table-scroller"
      style={{ maxHeight: height }}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="data-table" aria-rowcount={sorted.length + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const direction = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    aria-sort={direction === false ? undefined : direction === 'asc' ? 'ascending' : 'descending'}
                  >
                    {header.column.getCanSort() ? (
                      <button type="button" onClick={header.column.getToggleSortingHandler()}>
                        <table.FlexRender header={header} />
                        <span aria-hidden>{direction === 'asc' ? ' ▲' : direction === 'desc' ? ' ▼' : ''}</span>
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {before > 0 && <Filler height={before} />}
          {items.map(({ index }) => {
            const row = sorted[index]!;
            return (
              <tr key={row.id} aria-rowindex={index + 2} data-index={index} ref={virtualizer.measureElement}>
                {row.getAllCells().map((cell) => (
                  <td key={cell.id}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <Filler height={after} />}
        </tbody>
      </table>
      {sorted.length === 0 && (
        <Text size="sm" c="dimmed" p="sm">
          {empty}
        </Text>
      )}
    </div>
  );
}

/** Stands for rows that are out of sight. */
const Filler = ({ height }: { readonly height: number }) => (
  <tr aria-hidden style={{ height }}>
    <td />
  </tr>
);
