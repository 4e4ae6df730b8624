import { Alert, Badge, CopyButton, Group, Text, Title, UnstyledButton } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { Machine } from '../../api/types.js';
import { CopyIcon } from '../../components/copy-icon.js';
import { useEntity, useFreshness } from '../../live/use-live.js';
import { PageLoading } from '../../layout/page-states.js';
import { nameOf, stateOf } from '../../machines/life-cycle.js';
import { StateBadge } from '../../machines/state-mark.js';
import { Actions } from './actions.js';
import { AllocationPanel } from './allocation-panel.js';
import { HardwarePanel } from './hardware-panel.js';
import { IssuePanel } from './issue-panel.js';
import { JournalPanel } from './journal-panel.js';
import { NetworkPanel } from './network-panel.js';
import { PlacePanel } from './place-panel.js';
import { TimelinePanel } from './timeline-panel.js';
import { WiringPanel } from './wiring-panel.js';
import './machine.css';

/** Everything about one machine, and what its role allows to do with it. */
export function MachinePage() {
  const { id } = useParams({ from: '/machines/$id' });
  const machine = useEntity('machine', id);
  const freshness = useFreshness();
  if (machine) return <Details key={id} machine={machine} />;
  return freshness === 'loading' ? <PageLoading /> : <Missing id={id} />;
}

function Details({ machine }: { readonly machine: Machine }) {
  const { id, ledstate, state } = machine;
  const name = nameOf(machine);
  return (
    <>
      <Group justify="space-between" align="flex-start" mb="sm" gap="sm">
        <div>
          <Group gap="sm">
            <Title order={1} size="h3">
              {name}
            </Title>
            <StateBadge state={stateOf(machine)} />
            {ledstate.value === 'LED-ON' && (
              <Badge color="blue" variant="filled" title={ledstate.description}>
                LED on
              </Badge>
            )}
          </Group>
          <MachineId id={id} />
        </div>
        <Actions machine={machine} />
      </Group>
      {state.value !== '' && (
        <Alert color="blue" mb="sm" title={state.value === 'LOCKED' ? 'Locked' : 'Reserved'}>
          {state.description}
          {state.issuer ? ` (${state.issuer})` : ''}
        </Alert>
      )}
      <IssuePanel id={id} />
      <div className="machine-grid">
        <AllocationPanel machine={machine} />
        <PlacePanel machine={machine} />
        <HardwarePanel machine={machine} />
        <TimelinePanel machine={machine} />
        <WiringPanel machine={machine} />
        {machine.allocation && <NetworkPanel networks={machine.allocation.networks} />}
        <JournalPanel id={id} />
      </div>
    </>
  );
}

const MachineId = ({ id }: { readonly id: string }) => (
  <CopyButton value={id}>
    {({ copied, copy }) => (
      <UnstyledButton onClick={copy} className="mono" title="Copy the ID" aria-label={`Copy the ID ${id}`}>
        <Text span c="dimmed" className="mono">
          {id} <CopyIcon copied={copied} />
        </Text>
      </UnstyledButton>
    )}
  </CopyButton>
);

const Missing = ({ id }: { readonly id: string }) => (
  <>
    <Title order={1} size="h3" mb="sm">
      No such machine
    </Title>
    <Text mb="sm">
      There is no machine <span className="mono">{id}</span>. It may have been deleted from the database.
    </Text>
    <Link to="/">Back to the fleet</Link>
  </>
);
