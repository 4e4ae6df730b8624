import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Network } from '../../api/types.js';
import { Panel } from '../../components/panel.js';
import { useAll, useEntity } from '../../live/use-live.js';
import { nameOf } from '../../machines/life-cycle.js';
import { sharingOf } from './sharing.js';
import type { Member } from './sharing.js';

/** Who stands in a shared network: the provider's machines at the left, the firewalls of its users at the right. */
export function SharingPanel({ network }: { readonly network: Network }) {
  const machines = useAll('machine');
  const { owner, consumers } = useMemo(() => sharingOf(network, machines), [network, machines]);
  return (
    <Panel title="Who shares this network" className="all-columns">
      <div className="sharing">
        <div className="sharing-side">
          <Project
            id={network.projectid ?? ''}
            role="provider"
            members={owner}
            empty="No machine of the provider yet."
          />
        </div>
        <div className="sharing-middle">
          <strong>{network.name || network.id}</strong>
          {network.prefixes.map((prefix) => (
            <span key={prefix} className="mono">
              {prefix}
            </span>
          ))}
          <span>{network.vrf ? `vrf${network.vrf}` : ''}</span>
          <span>{network.nat ? 'users are masqueraded' : 'addresses of users are visible'}</span>
        </div>
        <div className="sharing-side">
          {consumers.map(({ project, members }) => (
            <Project key={project} id={project} role="user" members={members} />
          ))}
          {consumers.length === 0 && (
            <Text size="sm" c="dimmed" className="sharing-none">
              No firewall of another project has joined. It joins when it is allocated with this network.
            </Text>
          )}
        </div>
      </div>
    </Panel>
  );
}

interface ProjectProps {
  readonly id: string;
  readonly role: 'provider' | 'user';
  readonly members: readonly Member[];
  readonly empty?: string;
}

function Project({ id, role, members, empty }: ProjectProps) {
  const project = useEntity('project', id);
  return (
    <section className={`sharing-project sharing-${role}`} aria-label={`${role} ${project?.name ?? id}`}>
      <Text size="sm" fw={600}>
        {project?.name || id}{' '}
        <Text span size="xs" c="dimmed">
          {role}
        </Text>
      </Text>
      <ul>
        {members.map((member) => (
          <MemberLine key={member.machine.id} member={member} />
        ))}
      </ul>
      {members.length === 0 && (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      )}
    </section>
  );
}

function MemberLine({ member: { machine, ips, primary } }: { readonly member: Member }) {
  const network = useEntity('network', primary ?? '');
  return (
    <li>
      <Link to="/machines/$id" params={{ id: machine.id }} preload={false}>
        {nameOf(machine)}
      </Link>{' '}
      <Text span size="xs" c="dimmed">
        {machine.allocation?.role}
      </Text>{' '}
      <span className="mono">{ips.join(' ')}</span>
      {primary && (
        <Text size="xs" component="div">
          for{' '}
          <Link to="/networks/$id" params={{ id: primary }} preload={false}>
            {network?.name || primary}
          </Link>
        </Text>
      )}
    </li>
  );
}
