import { MultiSelect, Select, TagsInput, TextInput, Textarea } from '@mantine/core';
import { useMemo } from 'react';
import type { Network } from '../../api/types.js';
import { nameAndId } from '../../components/names.js';
import { useAll } from '../../live/use-live.js';
import { parseRules, RULE_HINTS } from './firewall-rules.js';
import type { Form } from './request.js';

interface Props {
  readonly form: Form;
  readonly onChange: (part: Partial<Form>) => void;
}

interface Option {
  readonly value: string;
  readonly label: string;
}

const optionOf = (id: string, name: string | undefined): Option => ({
  value: id,
  label: nameAndId(name, id),
});
const byLabel = (a: Option, b: Option): number => a.label.localeCompare(b.label, 'en', { numeric: true });

/** The fields of the request; what can be chosen comes from the live lists. */
export function AllocateFields({ form, onChange }: Props) {
  const projects = useAll('project');
  const partitions = useAll('partition');
  const sizes = useAll('size');
  const images = useAll('image');
  const networks = useAll('network');
  const layouts = useAll('filesystemlayout');
  const ips = useAll('ip');
  const usableImages = useMemo(
    () =>
      images
        .filter(({ features = [] }) => features.includes(form.role))
        .map(({ id, name }) => optionOf(id, name))
        .sort(byLabel),
    [images, form.role],
  );
  const usableNetworks = useMemo(
    () =>
      networks
        .filter(usableBy(form))
        .map(({ id, name }) => optionOf(id, name))
        .sort(byLabel),
    [networks, form],
  );
  const ownIps = useMemo(
    () =>
      ips
        .filter(({ projectid }) => projectid === form.project)
        .map(({ ipaddress, name }) => ({ value: ipaddress, label: name ? `${ipaddress} (${name})` : ipaddress })),
    [ips, form.project],
  );
  const text = (field: 'name' | 'hostname' | 'description' | 'uuid', label: string, description?: string) => (
    <TextInput
      label={label}
      description={description}
      value={form[field]}
      onChange={({ currentTarget }) => onChange({ [field]: currentTarget.value.trimStart() })}
    />
  );
  const select = (
    field: 'project' | 'partition' | 'size' | 'image' | 'layout',
    label: string,
    data: Option[],
    isRequired = true,
  ) => (
    <Select
      label={label}
      data={data}
      value={form[field] || null}
      onChange={(value) => onChange({ [field]: value ?? '' })}
      searchable
      clearable={!isRequired}
      allowDeselect={!isRequired}
      required={isRequired}
      nothingFoundMessage="Nothing found"
      limit={200}
    />
  );
  const rules = (field: 'egress' | 'ingress', label: string) => (
    <Textarea
      label={label}
      description={RULE_HINTS[field]}
      error={parseRules(form[field], field).problem}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      value={form[field]}
      onChange={({ currentTarget }) => onChange({ [field]: currentTarget.value })}
    />
  );
  return (
    <div className="allocate-fields">
      {select('project', 'Project', projects.map(({ meta, name }) => optionOf(meta?.id ?? '', name)).sort(byLabel))}
      {select(
        'partition',
        'Partition',
        partitions.map(({ id, name }) => optionOf(id, name)).sort(byLabel),
        form.uuid === '',
      )}
      {select('size', 'Size', sizes.map(({ id, name }) => optionOf(id, name)).sort(byLabel), form.uuid === '')}
      {select('image', 'Image', usableImages)}
      <MultiSelect
        className="whole-line"
        label="Networks"
        description="An address of each is acquired"
        data={usableNetworks}
        value={[...form.networks]}
        onChange={(chosen) => onChange({ networks: chosen })}
        searchable
        required
        limit={200}
        nothingFoundMessage="Nothing found"
      />
      {text('name', 'Name')}
      {text('hostname', 'Host name')}
      <div className="whole-line">{text('description', 'Description')}</div>
      <Textarea
        className="whole-line"
        label="SSH keys"
        description="One authorized_keys line each"
        autosize
        minRows={2}
        maxRows={6}
        value={form.sshKeys}
        onChange={({ currentTarget }) => onChange({ sshKeys: currentTarget.value })}
      />
      <MultiSelect
        label="Existing addresses"
        description="Addresses of the project to attach"
        data={ownIps}
        value={[...form.ips]}
        onChange={(chosen) => onChange({ ips: chosen })}
        searchable
        limit={200}
      />
      {select('layout', 'File system layout', layouts.map(({ id, name }) => optionOf(id, name)).sort(byLabel), false)}
      <TagsInput
        label="Tags"
        description="Enter ends a tag"
        value={[...form.tags]}
        onChange={(tags) => onChange({ tags })}
      />
      <TagsInput
        label="Placement tags"
        description="Machines with one in common go to different racks"
        value={[...form.placementTags]}
        onChange={(placementTags) => onChange({ placementTags })}
      />
      <TagsInput
        label="DNS servers"
        description="Addresses; without any, those of the partition"
        value={[...form.dnsServers]}
        onChange={(dnsServers) => onChange({ dnsServers })}
        acceptValueOnBlur
      />
      <TagsInput
        label="NTP servers"
        description="Addresses or host names; without any, those of the partition"
        value={[...form.ntpServers]}
        onChange={(ntpServers) => onChange({ ntpServers })}
        acceptValueOnBlur
      />
      {form.role === 'firewall' && rules('egress', 'Egress rules')}
      {form.role === 'firewall' && rules('ingress', 'Ingress rules')}
      <div className="whole-line">
        {text('uuid', 'Machine ID', 'Only to allocate this very machine, for example a reserved one')}
      </div>
      <Textarea
        className="whole-line"
        label="User data"
        autosize
        minRows={2}
        maxRows={10}
        value={form.userData}
        onChange={({ currentTarget }) => onChange({ userData: currentTarget.value })}
      />
    </div>
  );
}

/** Networks that a request for the project may name: its own, shared ones and external ones, of the partition or of none. */
function usableBy({ project, partition }: Form): (network: Network) => boolean {
  return ({ privatesuper, underlay, shared, projectid, partitionid }) =>
    !privatesuper &&
    !underlay &&
    (!partitionid || !partition || partitionid === partition) &&
    (!projectid || !project || projectid === project || shared === true);
}
