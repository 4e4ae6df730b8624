import { Badge, Group, Text, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { Switch } from '../../api/types.js';
import { Facts } from '../../components/facts.js';
import { Panel } from '../../components/panel.js';
import { Ago } from '../../components/time.js';
import { PageLoading } from '../../layout/page-states.js';
import { useAll, useEntity, useFreshness } from '../../live/use-live.js';
import { SwitchActions } from './actions.js';
import { PortTable } from './port-table.js';
import { currentError, pairsOf, syncDuration } from './ports.js';
import './switches.css';

/** One switch: its ports, what is behind them, and what its role allows to do with it. */
export function SwitchPage() {
  const { id } = useParams({ from: '/switches/$id' });
  const leaf = useEntity('switch', id);
  const isLoading = useFreshness() === 'loading';
  if (leaf) return <Details key={id} leaf={leaf} />;
  if (isLoading) return <PageLoading />;
  return (
    <>
      <Title order={1} size="h3" mb="sm">
        No such switch
      </Title>
      <Link to="/switches">Back to the switches</Link>
    </>
  );
}

function Details({ leaf }: { readonly leaf: Switch }) {
  const { id, name, mode, os, last_sync: sync, last_sync_error: failure } = leaf;
  const all = useAll('switch');
  const pair = pairsOf(all).find(({ leaves }) => leaves.includes(leaf));
  const peers = pair?.leaves.filter((one) => one.id !== id) ?? [];
  const error = currentError(leaf);
  return (
    <>
      <Group justify="space-between" align="flex-start" mb="sm" gap="sm">
        <div>
          <Group gap="sm">
            <Title order={1} size="h3">
              {name || id}
            </Title>
            {mode === 'replace' && (
              <Badge variant="outline" className="freshness freshness-orange">
                waits for its replacement
              </Badge>
            )}
          </Group>
          {name && name !== id && (
            <Text c="dimmed" className="mono">
              {id}
            </Text>
          )}
        </div>
        <SwitchActions leaf={leaf} all={all} />
      </Group>
      <div className="switch-grid">
        <Panel title="Switch">
          <Facts
            facts={[
              ['Partition', leaf.partition.id],
              ['Rack', leaf.rack_id],
              ['Room', leaf.room_id],
              ['System', [os?.vendor, os?.version].filter(Boolean).join(' ')],
              ['Agent', os?.metal_core_version],
              ['Management', [leaf.management_user, leaf.management_ip].filter(Boolean).join('@')],
              ['Console', leaf.console_command && <code key="console">{leaf.console_command}</code>],
              ['Mode', mode || 'operational'],
              ['Description', leaf.description],
              [
                'In this rack',
                peers.map((peer) => (
                  <div key={peer.id}>
                    <Link to="/switches/$id" params={{ id: peer.id }}>
                      {peer.name || peer.id}
                    </Link>
                  </div>
                )),
              ],
            ]}
          />
        </Panel>
        <Panel title="Synchronization">
          <Facts
            facts={[
              ['Last sync', sync && <Ago key="sync" time={sync.time} />],
              ['Took', sync && syncDuration(sync.duration)],
              [
                'Last error',
                failure && (
                  <span key="error" className={error === undefined ? undefined : 'bad'}>
                    {error === undefined ? '' : '✕ '}
                    {failure.error} (<Ago time={failure.time} />)
                  </span>
                ),
              ],
            ]}
          />
          {!sync && !failure && <Text size="sm">The agent has not reported yet.</Text>}
        </Panel>
        <Panel title="Ports" className="all-columns">
          <PortTable leaf={leaf} />
        </Panel>
      </div>
    </>
  );
}
