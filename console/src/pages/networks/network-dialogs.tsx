import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client.js';
import type { Network } from '../../api/types.js';
import { FormDialog } from '../../components/form-dialog.js';
import type { Field } from '../../components/form-dialog.js';
import { flagIn, labelTexts, labelsIn, listIn, numberIn, textIn } from '../../components/form-values.js';
import type { Values } from '../../components/form-values.js';
import { usePartitionOptions, useProjectOptions } from './options.js';

interface Props {
  readonly onClose: () => void;
}

const NAMED: readonly Field[] = [
  { name: 'name', label: 'Name' },
  { name: 'description', label: 'Description' },
];
const LABELS: Field = { name: 'labels', label: 'Labels', kind: 'tags', hint: 'key or key=value' };

/** Lengths of prefixes by family; without those that are not given. */
function lengthsIn(values: Values): Record<string, number> | undefined {
  const given = (['IPv4', 'IPv6'] as const)
    .map((family) => [family, numberIn(values, family)] as const)
    .filter((entry): entry is readonly ['IPv4' | 'IPv6', number] => entry[1] !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** Cuts a child network from the super network of a partition. */
export function AllocateNetworkDialog({ partition, onClose }: Props & { readonly partition: string | undefined }) {
  const [projects, partitions] = [useProjectOptions(), usePartitionOptions()];
  const navigate = useNavigate();
  return (
    <FormDialog
      title="Allocate a child network"
      verb="Allocate"
      done="The network was allocated."
      fields={[
        { name: 'project', label: 'Project', kind: 'select', isRequired: true, options: projects },
        { name: 'partition', label: 'Partition', kind: 'select', isRequired: true, options: partitions },
        ...NAMED,
        { name: 'family', label: 'Address families', kind: 'select', options: ['IPv4', 'IPv6'], hint: 'all if empty' },
        { name: 'IPv4', label: 'IPv4 prefix length', hint: 'the default of the super network if empty' },
        { name: 'IPv6', label: 'IPv6 prefix length', hint: 'the default of the super network if empty' },
        { name: 'destinations', label: 'Destination prefixes', kind: 'tags' },
        LABELS,
        { name: 'shared', label: 'Shared', kind: 'switch', hint: 'firewalls of other projects may join it, for good' },
        { name: 'nat', label: 'NAT', kind: 'switch', hint: 'firewalls hide what is behind them' },
      ]}
      initial={{ partition: partition ?? (partitions.length === 1 ? partitions[0]!.value : '') }}
      onClose={onClose}
      onSubmit={async (values) => {
        const family = textIn(values, 'family');
        const { id } = await api('post', '/v1/network/allocate', {
          body: {
            projectid: textIn(values, 'project'),
            partitionid: textIn(values, 'partition'),
            name: textIn(values, 'name'),
            description: textIn(values, 'description'),
            destinationprefixes: listIn(values, 'destinations'),
            labels: labelsIn(values),
            shared: flagIn(values, 'shared'),
            nat: flagIn(values, 'nat'),
            ...(lengthsIn(values) && { length: lengthsIn(values) }),
            ...(family !== '' && { addressfamily: family as 'IPv4' | 'IPv6' }),
          },
        });
        void navigate({ to: '/networks/$id', params: { id } });
      }}
    />
  );
}

/** Creates a super network, an underlay or an external network. */
export function CreateNetworkDialog({ onClose }: Props) {
  const [projects, partitions] = [useProjectOptions(), usePartitionOptions()];
  const navigate = useNavigate();
  return (
    <FormDialog
      title="New network"
      verb="Create"
      done="The network was created."
      fields={[
        {
          name: 'type',
          label: 'Type',
          kind: 'select',
          isRequired: true,
          options: [
            { value: 'external', label: 'external: leads out of the partition' },
            { value: 'super', label: 'super: child networks are allocated from it' },
            { value: 'underlay', label: 'underlay: addresses of firewalls in the fabric' },
          ],
        },
        { name: 'id', label: 'ID', hint: 'generated if empty' },
        ...NAMED,
        { name: 'partition', label: 'Partition', kind: 'select', options: partitions, hint: 'all if empty' },
        { name: 'project', label: 'Project', kind: 'select', options: projects },
        { name: 'prefixes', label: 'Prefixes', kind: 'tags', isRequired: true, hint: 'such as 10.0.0.0/14' },
        { name: 'destinations', label: 'Destination prefixes', kind: 'tags', hint: 'such as 0.0.0.0/0' },
        { name: 'IPv4', label: 'IPv4 prefix length of children', hint: 'of a super network with IPv4' },
        { name: 'IPv6', label: 'IPv6 prefix length of children', hint: 'of a super network with IPv6' },
        { name: 'vrf', label: 'VRF', hint: 'none if empty' },
        { name: 'vrfshared', label: 'Other networks may have the same VRF', kind: 'switch' },
        { name: 'nat', label: 'NAT', kind: 'switch', hint: 'of an external network' },
        LABELS,
      ]}
      initial={{ type: 'external' }}
      onClose={onClose}
      onSubmit={async (values) => {
        const [type, partition, project] = ['type', 'partition', 'project'].map((name) => textIn(values, name));
        const lengths = lengthsIn(values);
        const { id } = await api('put', '/v1/network', {
          body: {
            id: textIn(values, 'id'),
            name: textIn(values, 'name'),
            description: textIn(values, 'description'),
            ...(partition && { partitionid: partition }),
            ...(project && { projectid: project }),
            prefixes: listIn(values, 'prefixes'),
            destinationprefixes: listIn(values, 'destinations'),
            privatesuper: type === 'super',
            underlay: type === 'underlay',
            nat: flagIn(values, 'nat'),
            networktype: type ?? '',
            nattype: '',
            ...(lengths && { defaultchildprefixlength: lengths }),
            vrf: numberIn(values, 'vrf'),
            vrfshared: flagIn(values, 'vrfshared'),
            labels: labelsIn(values),
          },
        });
        void navigate({ to: '/networks/$id', params: { id } });
      }}
    />
  );
}

/** Changes what may change; a shared network stays shared, and prefixes of children stay. */
export function EditNetworkDialog({ network, onClose }: Props & { readonly network: Network }) {
  const isChild = Boolean(network.parentnetworkid);
  return (
    <FormDialog
      title={`Edit the network ${network.name || network.id}`}
      verb="Save"
      done="The network was changed."
      fields={[
        ...NAMED,
        LABELS,
        { name: 'prefixes', label: 'Prefixes', kind: 'tags', isRequired: true, isFixed: isChild },
        { name: 'destinations', label: 'Destination prefixes', kind: 'tags' },
        ...(isChild
          ? [{ name: 'shared', label: 'Shared', kind: 'switch', isFixed: network.shared, hint: 'for good' } as const]
          : []),
      ]}
      initial={{
        name: network.name ?? '',
        description: network.description ?? '',
        labels: labelTexts(network.labels),
        prefixes: network.prefixes,
        destinations: network.destinationprefixes,
        shared: network.shared ?? false,
      }}
      onClose={onClose}
      onSubmit={(values) =>
        api('post', '/v1/network', {
          body: {
            id: network.id,
            name: textIn(values, 'name'),
            description: textIn(values, 'description'),
            labels: labelsIn(values),
            ...(!isChild && { prefixes: listIn(values, 'prefixes') }),
            destinationprefixes: listIn(values, 'destinations'),
            ...(isChild && { shared: flagIn(values, 'shared') }),
          },
        })
      }
    />
  );
}

/** Takes an address from a network. */
export function AllocateAddressDialog({ network, onClose }: Props & { readonly network: Network }) {
  const projects = useProjectOptions();
  const families = [...new Set(network.prefixes.map((prefix) => (prefix.includes(':') ? 'IPv6' : 'IPv4')))];
  const isOwned = network.networktype === 'child';
  return (
    <FormDialog
      title={`Allocate an address of ${network.name || network.id}`}
      verb="Allocate"
      done="The address was allocated."
      fields={[
        { name: 'project', label: 'Project', kind: 'select', isRequired: true, isFixed: isOwned, options: projects },
        { name: 'ip', label: 'Address', hint: 'the next free one if empty' },
        ...(families.length > 1
          ? [
              {
                name: 'family',
                label: 'Address family',
                kind: 'select',
                options: families,
                hint: 'for the next free one',
              } as const,
            ]
          : []),
        {
          name: 'type',
          label: 'Type',
          kind: 'select',
          isRequired: true,
          options: [
            { value: 'static', label: 'static: stays until it is freed' },
            { value: 'ephemeral', label: 'ephemeral: freed with the last machine that uses it' },
          ],
        },
        ...NAMED,
        { name: 'tags', label: 'Tags', kind: 'tags' },
      ]}
      initial={{ type: 'static', project: isOwned ? (network.projectid ?? '') : '' }}
      onClose={onClose}
      onSubmit={(values) => {
        const [ip, family] = [textIn(values, 'ip'), textIn(values, 'family')];
        const body = {
          networkid: network.id,
          projectid: textIn(values, 'project'),
          type: textIn(values, 'type') as 'static' | 'ephemeral',
          name: textIn(values, 'name'),
          description: textIn(values, 'description'),
          tags: listIn(values, 'tags'),
        };
        if (ip !== '') return api('post', '/v1/ip/allocate/{ip}', { path: { ip }, body });
        const wanted = family === '' ? {} : { addressfamily: family as 'IPv4' | 'IPv6' };
        return api('post', '/v1/ip/allocate', { body: { ...body, ...wanted } });
      }}
    >
      {isOwned && (
        <Text size="sm" c="dimmed">
          Only the project of this network takes addresses of it.
        </Text>
      )}
    </FormDialog>
  );
}
