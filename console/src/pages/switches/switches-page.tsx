import { Badge, Group, Select, Text, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Switch } from '../../api/types.js';
import { PageHead } from '../../components/page-head.js';
import { Panel } from '../../components/panel.js';
import { useAll, useFreshness } from '../../live/use-live.js';
import { SyncState } from './sync-state.js';
import { byName, pairsOf, portState } from './ports.js';
import './switches.css';

/** The leaves of all racks, in pairs. */
export function SwitchesPage() {
  const switches = useAll('switch');
  const isLoading = useFreshness() === 'loading';
  const [text, setText] = useState('');
  const [partition, setPartition] = useState<string | null>(null);
  const partitions = useMemo(() => [...new Set(switches.map((leaf) => leaf.partition.id ?? ''))].sort(), [switches]);
  const pairs = useMemo(() => {
    const wanted = text.toLowerCase();
    const matches = ({ id, name, rack_id: rack, management_ip: ip, os }: Switch): boolean =>
      [id, name, rack, ip, os?.vendor].join(' ').toLowerCase().includes(wanted);
    return pairsOf(switches).filter(
      (pair) => (partition === null || pair.partition === partition) && pair.leaves.some(matches),
    );
  }, [switches, text, partition]);
  return (
    <>
      <PageHead title="Switches">
        {partitions.length > 1 && (
          <Select
            size="xs"
            aria-label="Partition"
            placeholder="All partitions"
            clearable
            data={partitions}
            value={partition}
            onChange={setPartition}
          />
        )}
        <TextInput
          size="xs"
          w={220}
          aria-label="Filter"
          placeholder="Switch, rack, address, vendor"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      </PageHead>
      <Text size="sm" c="dimmed" role="status" mb="xs">
        {switches.length === 0 && !isLoading
          ? 'There are no switches yet. They appear when their agents register them.'
          : `${switches.length} switches in ${pairs.length} ${pairs.length === 1 ? 'rack' : 'racks'}`}
      </Text>
      <PortKey />
      <div className="rack-list">
        {pairs.map(({ rack, partition: place, leaves }) => (
          <Panel
            key={`${place} ${rack}`}
            title={rack || 'No rack'}
            aside={
              <Group gap="xs">
                {leaves.length !== 2 && (
                  <Badge color="orange" variant="outline" className="freshness freshness-orange">
                    {leaves.length === 1 ? 'one leaf' : `${leaves.length} switches`}
                  </Badge>
                )}
                <Text size="sm" c="dimmed">
                  {place}
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
        ))}
      </div>
    </>
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

const PortKey = () => (
  <p className="port-key" aria-hidden>
    <span className="port port-up">▲</span> up <span className="port port-down">▼</span> down{' '}
    <span className="port port-shut">✕</span> shut down by an operator <span className="port port-unknown">?</span>{' '}
    unknown <span className="port port-up port-taken">▲</span> connected to a machine
  </p>
);
