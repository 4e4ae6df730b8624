import { Button, Group, Text, Title } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api } from '../../api/client.js';
import { useMay } from '../../api/role.js';
import type { Network } from '../../api/types.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Facts } from '../../components/facts.js';
import { nameAndId } from '../../components/names.js';
import { Panel } from '../../components/panel.js';
import { useRun } from '../../components/use-run.js';
import { labelTexts } from '../../components/form-values.js';
import { PageLoading } from '../../layout/page-states.js';
import { useAll, useEntity, useFreshness } from '../../live/use-live.js';
import { AddressTable } from './address-table.js';
import { AllocateAddressDialog, AllocateNetworkDialog, EditNetworkDialog } from './network-dialogs.js';
import { PrefixMap } from './prefix-map-panel.js';
import { SharingPanel } from './sharing-panel.js';
import { NetworkBadges, UsageBar } from './usage.js';
import './networks.css';

/** One network: its prefixes, who is in it, and its addresses. */
export function NetworkPage() {
  const { id } = useParams({ from: '/networks/$id' });
  const network = useEntity('network', id);
  const isLoading = useFreshness() === 'loading';
  if (network) return <Details key={id} network={network} />;
  if (isLoading) return <PageLoading />;
  return (
    <>
      <Title order={1} size="h3" mb="sm">
        No such network
      </Title>
      <Link to="/networks">Back to the networks</Link>
    </>
  );
}

function Details({ network }: { readonly network: Network }) {
  const { id, name, parentnetworkid: parent, prefixes, labels, projectid } = network;
  const [networks, allIps] = [useAll('network'), useAll('ip')];
  const project = useEntity('project', projectid ?? '');
  const above = useEntity('network', parent ?? '');
  const children = useMemo(() => networks.filter(({ parentnetworkid }) => parentnetworkid === id), [networks, id]);
  const ips = useMemo(() => allIps.filter(({ networkid }) => networkid === id), [allIps, id]);
  const isSuper = network.networktype === 'super';
  return (
    <>
      <Group justify="space-between" align="flex-start" mb="sm" gap="sm">
        <div>
          <Group gap="sm">
            <Title order={1} size="h3">
              {name || id}
            </Title>
            <NetworkBadges network={network} />
          </Group>
          {name && name !== id && (
            <Text c="dimmed" className="mono">
              {id}
            </Text>
          )}
        </div>
        <Actions network={network} hasChildren={children.length > 0} />
      </Group>
      <div className="network-grid">
        <Panel title="Network">
          <Facts
            facts={[
              ['Partition', network.partitionid || 'all'],
              ['Project', projectid && nameAndId(project?.name, projectid)],
              [
                'Super network',
                parent && (
                  <Link key="parent" to="/networks/$id" params={{ id: parent }}>
                    {above?.name || parent}
                  </Link>
                ),
              ],
              ['VRF', network.vrf || undefined],
              ['NAT', network.nat ? 'masquerades IPv4' : 'none'],
              ['Prefixes', <List key="prefixes" of={prefixes} />],
              [
                'Routes to',
                network.destinationprefixes.length > 0 && <List key="to" of={network.destinationprefixes} />,
              ],
              [
                'Children get',
                Object.entries(network.defaultchildprefixlength ?? {})
                  .map(([family, length]) => `${family} /${length}`)
                  .join(', '),
              ],
              ['Labels', labelTexts(labels).length > 0 && <List key="labels" of={labelTexts(labels)} />],
              ['Description', network.description],
              ['Used', <UsageBar key="usage" network={network} />],
            ]}
          />
        </Panel>
        {prefixes.map((prefix) => (
          <PrefixMap key={prefix} text={prefix} childNetworks={children} ips={ips} />
        ))}
        {network.shared && <SharingPanel network={network} />}
        {(!isSuper || ips.length > 0) && (
          <Panel title={`Addresses (${ips.length})`} className="all-columns">
            <AddressTable ips={ips} />
          </Panel>
        )}
      </div>
    </>
  );
}

const List = ({ of }: { readonly of: readonly string[] }) => (
  <ul className="tag-list">
    {of.map((text) => (
      <li key={text} className="mono wrap">
        {text}
      </li>
    ))}
  </ul>
);

function Actions({ network, hasChildren }: { readonly network: Network; readonly hasChildren: boolean }) {
  const { id, partitionid, parentnetworkid, networktype } = network;
  const [isEditor, isAdmin] = [useMay('editor'), useMay('admin')];
  const [dialog, setDialog] = useState<'address' | 'child' | 'edit' | 'free'>();
  const { run, isBusy } = useRun();
  const navigate = useNavigate();
  const close = (): void => setDialog(undefined);
  const isChild = Boolean(parentnetworkid);
  const mayRemove = isChild ? isEditor : isAdmin;
  const verb = isChild ? 'Free' : 'Delete';
  const remove = async (): Promise<void> => {
    const isGone = await run(`${verb} the network`, () =>
      isChild
        ? api('delete', '/v1/network/free/{id}', { path: { id } })
        : api('delete', '/v1/network/{id}', { path: { id } }),
    );
    if (isGone) void navigate({ to: '/networks' });
  };
  return (
    <Group gap="xs">
      {isEditor && networktype === 'super' && (
        <Button size="xs" onClick={() => setDialog('child')}>
          Allocate a child network…
        </Button>
      )}
      {isEditor && !hasChildren && networktype !== 'super' && (
        <Button size="xs" onClick={() => setDialog('address')}>
          Allocate an address…
        </Button>
      )}
      {isAdmin && (
        <Button size="xs" variant="default" onClick={() => setDialog('edit')}>
          Edit…
        </Button>
      )}
      {mayRemove && (
        <Button size="xs" variant="default" className="danger" onClick={() => setDialog('free')}>
          {verb}…
        </Button>
      )}
      {dialog === 'child' && <AllocateNetworkDialog partition={partitionid || undefined} onClose={close} />}
      {dialog === 'address' && <AllocateAddressDialog network={network} onClose={close} />}
      {dialog === 'edit' && <EditNetworkDialog network={network} onClose={close} />}
      {dialog === 'free' && (
        <ConfirmDialog
          title={`${verb} the network?`}
          verb={verb}
          isDangerous
          isBusy={isBusy}
          onClose={close}
          onConfirm={() => void remove()}
        >
          <Text size="sm">
            <strong>{network.name || id}</strong> ({network.prefixes.join(', ')}) goes for good. The server refuses
            while it has addresses, children or machines.
          </Text>
        </ConfirmDialog>
      )}
    </Group>
  );
}
