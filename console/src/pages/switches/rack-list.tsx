import { Badge, Group, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import type { Switch } from '../../api/types.js';
import { Panel } from '../../components/panel.js';
import { SyncState } from './sync-state.js';
import { byName, portState } from './ports.js';
import type { Pair } from './ports.js';

/** Pixels, as in switches.css. */
const RACK_WIDTH = 460;
const GAP = 12;
/** Of most racks, in pixels; each is measured when it is in sight. */
const ROW_HEIGHT = 218;

/** The leaves of racks, as many racks side by side as there is room for. Only what is in sight is rendered. */
export function RackList({ pairs }: { readonly pairs: readonly Pair[] }) {
  const { ref, width } = useElementSize();
  const frame = useRef<HTMLDivElement>(null);
  const columns = Math.max(1, Math.floor((width + GAP) / (RACK_WIDTH + GAP)));
  const rows = useMemo(
    () =>
      Array.from({ length: Math.ceil(pairs.length / columns) }, (_, row) =>
        pairs.slice(row * columns, (row + 1) * columns),
      ),
    [pairs, columns],
  );
  const virtualizer = useWindowVirtualizer({
    count: width === 0 ? 0 : rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 3,
    gap: GAP,
    scrollMargin: frame.current?.offsetTop ?? 0,
  });
  return (
    <div ref={frame}>
      <div ref={ref} className="rack-list" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => (
          <div
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            className="rack-row"
            style={{
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              transform: `translateY(${start - virtualizer.options.scrollMargin}px)`,
            }}
          >
            {rows[index]!.map((pair) => (
              <RackPanel key={`${pair.partition} ${pair.rack}`} pair={pair} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function RackPanel({ pair: { rack, partition, leaves } }: { readonly pair: Pair }) {
  return (
    <Panel
      title={rack || 'No rack'}
      aside={
        <Group gap="xs">
          {leaves.length !== 2 && (
            <Badge color="orange" variant="outline" className="freshness freshness-orange">
              {leaves.length === 1 ? 'one leaf' : `${leaves.length} switches`}
            </Badge>
          )}
          <Text size="sm" c="dimmed">
            {partition}
          </Text>
        </Group>
      }
    >
      <div className="leaf-pair">
        {leaves.map((leaf) => (
          <Leaf key={leaf.id} leaf={leaf} />
        ))}
      </div>
    </Panel>
  );
}

function Leaf({ leaf }: { readonly leaf: Switch }) {
  const { id, name, os, mode, management_ip: ip, connections } = leaf;
  const nics = useMemo(() => [...leaf.nics].sort(byName), [leaf]);
  const taken = new Set(connections.map(({ nic }) => nic.name));
  return (
    <section className="leaf" aria-label={name || id}>
      <Group justify="space-between" gap="xs">
        <Link to="/switches/$id" params={{ id }} className="leaf-name">
          {name || id}
        </Link>
        {mode === 'replace' && (
          <Badge variant="outline" className="freshness freshness-orange">
            replace
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {[os?.vendor, os?.version, ip].filter(Boolean).join(' · ')}
      </Text>
      <SyncState leaf={leaf} />
      <ul className="ports" aria-label="Ports">
        {nics.map((nic) => {
          const { id: state, symbol } = portState(nic);
          return (
            <li
              key={nic.name}
              className={`port port-${state}${taken.has(nic.name) ? ' port-taken' : ''}`}
              title={`${nic.name}: ${state}${nic.vrf ? `, ${nic.vrf}` : ''}`}
            >
              <span aria-hidden>{symbol}</span>
              <span className="sr-only">
                {nic.name} {state}
              </span>
            </li>
          );
        })}
      </ul>
      <Text size="xs" c="dimmed">
        {nics.filter((nic) => portState(nic).id === 'up').length} of {nics.length} ports up · {connections.length}{' '}
        connected
      </Text>
    </section>
  );
}
