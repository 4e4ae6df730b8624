import { Breadcrumbs, Button, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { Ip, Network } from '../../api/types.js';
import { useProjectNames } from '../../components/names.js';
import { Panel } from '../../components/panel.js';
import { bitsOf, formatPrefix, parsePrefix } from './prefix.js';
import type { Prefix } from './prefix.js';
import { cellsOf, thingsIn } from './prefix-map.js';
import type { Cell } from './prefix-map.js';

interface Props {
  readonly text: string;
  readonly childNetworks: readonly Network[];
  readonly ips: readonly Ip[];
}

/** Cells in a row, at most. */
const COLUMNS = 32;
const SYMBOLS = { free: '', partial: '', child: '▦', used: '●', reserved: '×' } as const;

/** What takes a prefix, as squares that can be zoomed into. */
export function PrefixMap({ text, childNetworks, ips }: Props) {
  const whole = useMemo(() => parsePrefix(text), [text]);
  const projectName = useProjectNames();
  const things = useMemo(
    () => (whole ? thingsIn(whole, childNetworks, ips, projectName) : []),
    [whole, childNetworks, ips, projectName],
  );
  const [views, setViews] = useState<readonly Prefix[]>([]);
  const view = views.at(-1) ?? whole;
  const cells = useMemo(() => (view ? cellsOf(view, things) : []), [view, things]);
  if (!whole || !view) return null;
  const count = (kind: string): number => things.filter((thing) => thing.kind === kind).length;
  return (
    <Panel title={`Map of ${text}`} className="all-columns">
      <Breadcrumbs mb={6} separator="›">
        {[whole, ...views].map((one, index) => (
          <Button
            key={formatPrefix(one)}
            size="compact-xs"
            variant={one === view ? 'light' : 'default'}
            className={one === view ? 'current-view' : undefined}
            aria-current={one === view ? 'true' : undefined}
            onClick={() => setViews(views.slice(0, index))}
          >
            {formatPrefix(one)}
          </Button>
        ))}
      </Breadcrumbs>
      <Cells
        label={`Map of ${formatPrefix(view)}`}
        cells={cells}
        onZoom={(prefix) => setViews([...views, prefix])}
        onLeave={() => setViews(views.slice(0, -1))}
      />
      <p className="map-key" aria-hidden>
        <i className="cell cell-child">▦</i> child network ({count('child')}) <i className="cell cell-used">●</i>{' '}
        address ({count('used')}) <i className="cell cell-reserved">×</i> reserved ({count('reserved')}){' '}
        <i className="cell cell-partial">3</i> taken in part <i className="cell cell-free" /> free
      </p>
    </Panel>
  );
}

interface CellsProps {
  readonly label: string;
  readonly cells: readonly Cell[];
  readonly onZoom: (prefix: Prefix) => void;
  readonly onLeave: () => void;
}

/** A grid with one tab stop: arrows move, Enter zooms in or opens, Backspace zooms out. */
function Cells({ label, cells, onZoom, onLeave }: CellsProps) {
  const [active, setActive] = useState(0);
  const [shown, setShown] = useState(label);
  const grid = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  if (shown !== label) {
    setShown(label);
    setActive(0);
  }
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    grid.current?.querySelector<HTMLElement>('[data-index="0"]')?.focus();
  }, [label]);
  const navigate = useNavigate();
  const columns = Math.min(COLUMNS, cells.length);
  const current = cells[active];
  const open = ({ prefix, state, things: [first] }: Cell): void => {
    if (state === 'child') void navigate({ to: '/networks/$id', params: { id: first!.id } });
    else if (prefix.length < bitsOf(prefix.family)) {
      wantsFocus.current = true;
      onZoom(prefix);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    if (event.key === 'Backspace') {
      wantsFocus.current = true;
      return onLeave();
    }
    const step = steps[event.key];
    const next = active + (step ?? 0);
    if (step === undefined || next < 0 || next >= cells.length) return;
    event.preventDefault();
    setActive(next);
    grid.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };
  const rows = Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    cells.slice(row * columns, (row + 1) * columns),
  );
  return (
    <>
      <div role="grid" aria-label={label} className="cells" ref={grid} onKeyDown={onKeyDown}>
        {rows.map((row, number) => (
          <div role="row" key={number} className="cell-row">
            {row.map((cell, place) => {
              const index = number * columns + place;
              return (
                <button
                  type="button"
                  role="gridcell"
                  key={index}
                  data-index={index}
                  tabIndex={index === active ? 0 : -1}
                  className={`cell cell-${cell.state}`}
                  aria-label={textOf(cell)}
                  onFocus={() => setActive(index)}
                  onMouseEnter={() => setActive(index)}
                  onClick={() => open(cell)}
                >
                  {cell.state === 'partial' ? shortCount(cell.things.length) : SYMBOLS[cell.state]}
                </button>
              );
            })}
          </div>
        ))}
      </div>
      <Text size="sm" mt={6} mih={22} aria-hidden className="wrap">
        {current && textOf(current)}
      </Text>
    </>
  );
}

const shortCount = (count: number): string => (count > 99 ? '…' : String(count));

function textOf({ prefix, state, things }: Cell): string {
  const where = formatPrefix(prefix);
  if (state === 'free') return `${where}: free`;
  if (state !== 'partial') return `${where}: ${things[0]!.text}`;
  const shown = things.slice(0, 3).map(({ prefix: at, text }) => `${formatPrefix(at)} ${text}`);
  const more = things.length > 3 ? `; ${things.length - 3} more` : '';
  return `${where}: ${shown.join('; ')}${more}`;
}
