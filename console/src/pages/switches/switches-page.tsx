import { Select, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Switch } from '../../api/types.js';
import { PageHead } from '../../components/page-head.js';
import { useAll, useFreshness } from '../../live/use-live.js';
import { pairsOf } from './ports.js';
import { RackList } from './rack-list.js';
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
      <RackList pairs={pairs} />
    </>
  );
}

const PortKey = () => (
  <p className="port-key" aria-hidden>
    <span className="port port-up">▲</span> up <span className="port port-down">▼</span> down{' '}
    <span className="port port-shut">✕</span> shut down by an operator <span className="port port-unknown">?</span>{' '}
    unknown <span className="port port-up port-taken">▲</span> connected to a machine
  </p>
);
