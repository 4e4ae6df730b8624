import { Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Machine } from '../../api/types.js';
import { Panel } from '../../components/panel.js';
import { useAll } from '../../live/use-live.js';
import { nameOf } from '../../machines/life-cycle.js';
import { vrfText, wiresOf } from './wiring.js';
import type { Wire } from './wiring.js';

const BOX = { width: 190, height: 64 };
const GAP = 40;
const HEIGHT = 240;

/** A picture of the machine, its leaves, and the wires between them with ports and VRFs. */
export function WiringPanel({ machine }: { readonly machine: Machine }) {
  const switches = useAll('switch');
  const wires = useMemo(() => wiresOf(machine, switches), [machine, switches]);
  return (
    <Panel title="Wiring">
      {wires.length === 0 ? (
        <Text size="sm" c="dimmed">
          No switch reports a connection to this machine.
        </Text>
      ) : (
        <Picture name={nameOf(machine)} wires={wires} />
      )}
    </Panel>
  );
}

function Picture({ name, wires }: { readonly name: string; readonly wires: readonly Wire[] }) {
  const width = Math.max(2, wires.length) * (BOX.width + GAP);
  const middle = width / 2;
  const described = wires.map(
    ({ nic, leaf, port, vrf, actual }) => `${nic} to ${port} of ${leaf}, ${vrfText(vrf)}, ${actual}`,
  );
  return (
    <svg
      className="wiring"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={`${name}: ${described.join('; ')}`}
    >
      {wires.map((wire, index) => {
        const center = ((index + 0.5) * width) / wires.length;
        const from = middle + (index - (wires.length - 1) / 2) * (BOX.width / wires.length);
        const isUp = wire.actual === 'UP';
        return (
          <g key={`${wire.leaf} ${wire.port}`}>
            <path
              className={isUp ? 'wire up' : 'wire down'}
              d={`M ${center} ${BOX.height} C ${center} ${HEIGHT / 2}, ${from} ${HEIGHT / 2}, ${from} ${HEIGHT - BOX.height}`}
            />
            <Box
              x={center - BOX.width / 2}
              y={1}
              title={wire.leaf}
              line={`${wire.port} · ${wire.actual ?? 'unknown'}`}
            />
            <text
              className="vrf"
              x={(center + from) / 2 + (center <= from ? -8 : 8)}
              y={HEIGHT / 2 - 4}
              textAnchor="middle"
            >
              {vrfText(wire.vrf)}
            </text>
          </g>
        );
      })}
      <Box
        x={middle - BOX.width / 2}
        y={HEIGHT - BOX.height - 1}
        title={name}
        line={wires.map(({ nic }) => nic).join(' · ')}
        isMachine
      />
    </svg>
  );
}

/** The names of both leaves of a rack differ at their ends, so what is left out is in the middle. */
const shortened = (title: string): string => (title.length > 22 ? `${title.slice(0, 10)}…${title.slice(-11)}` : title);

const Box = (props: { x: number; y: number; title: string; line: string; isMachine?: boolean }) => (
  <g className={props.isMachine ? 'box machine' : 'box'}>
    <rect x={props.x} y={props.y} {...BOX} rx={8} />
    <text x={props.x + BOX.width / 2} y={props.y + 27} textAnchor="middle" className="title">
      {shortened(props.title)}
      <title>{props.title}</title>
    </text>
    <text x={props.x + BOX.width / 2} y={props.y + 47} textAnchor="middle">
      {props.line}
    </text>
  </g>
);
