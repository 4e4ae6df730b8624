import { useElementSize } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';
import { consolePath } from '../../api/base-path.js';
import type { Machine } from '../../api/types.js';
import type { Issues } from '../../machines/issues.js';
import { nameOf, stateOf } from '../../machines/life-cycle.js';
import { racksOf } from '../../machines/places.js';
import type { Rack } from '../../machines/places.js';
import { heightOf, rowsOf, RACK_WIDTH } from './tile-rows.js';
import { TileDetail } from './tile-detail.js';
import type { Pointed } from './tile-detail.js';

interface Props {
  readonly machines: readonly Machine[];
  /** Others are dimmed, and racks without any are left out; undefined = all. */
  readonly selected: ReadonlySet<string> | undefined;
  readonly issues: Issues;
}

/** Machines as tiles in their racks, by partition and room. Only what is in sight is rendered. */
export function Tiles({ machines, selected, issues }: Props) {
  const { ref, width } = useElementSize();
  const frame = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed>();
  const navigate = useNavigate();
  const racks = useMemo(() => {
    const all = racksOf(machines);
    return selected === undefined ? all : all.filter((rack) => rack.machines.some(({ id }) => selected.has(id)));
  }, [machines, selected]);
  const rows = useMemo(() => rowsOf(racks, Math.max(1, Math.floor(width / RACK_WIDTH))), [racks, width]);
  const virtualizer = useWindowVirtualizer({
    count: width === 0 ? 0 : rows.length,
    estimateSize: (index) => heightOf(rows[index]!),
    overscan: 4,
    scrollMargin: frame.current?.offsetTop ?? 0,
  });

  const point = ({ target }: { target: EventTarget }): void => {
    const tile = tileOf(target);
    setPointed(tile && { id: tile.dataset['id']!, rect: tile.getBoundingClientRect() });
  };
  const open = (event: MouseEvent): void => {
    const tile = tileOf(event.target);
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    void navigate({ to: '/machines/$id', params: { id: tile.dataset['id']! } });
  };

  return (
    <div ref={frame}>
      <div
        ref={ref}
        className="tiles"
        style={{ height: virtualizer.getTotalSize() }}
        onMouseOver={point}
        onMouseLeave={() => setPointed(undefined)}
        onFocus={point}
        onBlur={() => setPointed(undefined)}
        onClick={open}
        onKeyDown={moveFocus}
      >
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index]!;
          const top = start - virtualizer.options.scrollMargin;
          return (
            <div key={key} className="tile-row" style={{ transform: `translateY(${top}px)` }}>
              {row.type === 'place' ? (
                <h2 className="place">
                  {row.partition || 'no partition'}
                  <span> · {row.room || 'no room'}</span>
                  <small>{row.machines} machines</small>
                </h2>
              ) : (
                row.racks.map((rack) => <RackCard key={rack.id} rack={rack} selected={selected} issues={issues} />)
              )}
            </div>
          );
        })}
      </div>
      {pointed && <TileDetail pointed={pointed} issues={issues} />}
    </div>
  );
}

function RackCard({ rack, selected, issues }: { rack: Rack; selected: Props['selected']; issues: Issues }) {
  return (
    <section className="rack" aria-label={`Rack ${rack.id || 'unknown'}`}>
      <h3>
        {rack.id || 'no rack'} <small>{rack.machines.length}</small>
      </h3>
      <div className="rack-tiles">
        {rack.machines.map((machine, index) => (
          <Tile
            key={machine.id}
            machine={machine}
            isFirst={index === 0}
            isDimmed={selected !== undefined && !selected.has(machine.id)}
            severity={issues.severityOf(machine.id)}
          />
        ))}
      </div>
    </section>
  );
}

const Tile = memo(function Tile({
  machine,
  isFirst,
  isDimmed,
  severity,
}: {
  readonly machine: Machine;
  readonly isFirst: boolean;
  readonly isDimmed: boolean;
  readonly severity: string | undefined;
}) {
  const state = stateOf(machine);
  const trouble = severity === undefined ? '' : `, ${severity} issue`;
  return (
    <a
      className={`tile state-${state.id}${isDimmed ? ' dimmed' : ''}`}
      href={`${consolePath}/machines/${encodeURIComponent(machine.id)}`}
      data-id={machine.id}
      data-state={state.id}
      tabIndex={isFirst ? 0 : -1}
      aria-label={`${nameOf(machine)}, ${state.label}${trouble}`}
    >
      <span aria-hidden>{state.symbol}</span>
      {severity !== undefined && severity !== 'minor' && <span className="tile-issue" aria-hidden />}
    </a>
  );
});

const tileOf = (target: EventTarget): HTMLElement | undefined =>
  (target instanceof Element ? target.closest<HTMLElement>('a.tile') : null) ?? undefined;

/** One tab stop per rack; arrow keys move within it. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
  const tile = tileOf(event.target);
  if (step === undefined || !tile) return;
  const tiles = [...(tile.parentElement?.querySelectorAll<HTMLElement>('a.tile') ?? [])];
  const next = tiles[tiles.indexOf(tile) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
