import { api } from '../../api/client.js';
import type { Partition } from '../../api/types.js';
import { columnsOf } from '../../components/data-table.js';
import type { Values } from '../../components/form-values.js';
import { labelTexts, labelsIn, listIn, numberIn, textIn } from '../../components/form-values.js';
import { Ago } from '../../components/time.js';
import { Lines } from './lines.js';
import { DESCRIPTION, LABELS, NAME, idField } from './section.js';
import type { Section } from './section.js';

const column = columnsOf<Partition>();

const common = (values: Values) => ({
  id: textIn(values, 'id'),
  name: textIn(values, 'name'),
  description: textIn(values, 'description'),
  labels: labelsIn(values),
  mgmtserviceaddress: textIn(values, 'mgmtserviceaddress'),
  dns_servers: listIn(values, 'dns').map((ip) => ({ ip })),
  ntp_servers: listIn(values, 'ntp').map((address) => ({ address })),
  bootconfig: {
    imageurl: textIn(values, 'imageurl'),
    kernelurl: textIn(values, 'kernelurl'),
    commandline: textIn(values, 'commandline'),
  },
});

export const partitions: Section<Partition> = {
  noun: 'partition',
  label: 'Partitions',
  role: 'admin',
  idOf: ({ id }) => id,
  columns: column.columns([
    column.accessor('id', { header: 'ID' }),
    column.accessor((row) => row.name ?? '', { id: 'name', header: 'Name' }),
    column.accessor((row) => row.description ?? '', { id: 'description', header: 'Description' }),
    column.accessor((row) => row.mgmtserviceaddress ?? '', { id: 'mgmt', header: 'Management service' }),
    column.accessor((row) => row.dns_servers?.map(({ ip }) => ip).join() ?? '', {
      id: 'dns',
      header: 'DNS',
      cell: ({ row }) => <Lines of={(row.original.dns_servers ?? []).map(({ ip }) => ip)} />,
    }),
    column.accessor((row) => row.ntp_servers?.map(({ address }) => address).join() ?? '', {
      id: 'ntp',
      header: 'NTP',
      cell: ({ row }) => <Lines of={(row.original.ntp_servers ?? []).map(({ address }) => address)} />,
    }),
    column.accessor((row) => labelTexts(row.labels).join(), {
      id: 'labels',
      header: 'Labels',
      cell: ({ row }) => <Lines of={labelTexts(row.original.labels)} />,
    }),
    column.accessor((row) => row.changed ?? '', {
      id: 'changed',
      header: 'Changed',
      cell: ({ row }) => <Ago time={row.original.changed} />,
    }),
  ]),
  fields: (row) => [
    idField(row),
    NAME,
    DESCRIPTION,
    { name: 'mgmtserviceaddress', label: 'Address of the management service', hint: 'host:port' },
    { name: 'imageurl', label: 'URL of the boot image' },
    { name: 'kernelurl', label: 'URL of the boot kernel' },
    { name: 'commandline', label: 'Kernel command line' },
    { name: 'dns', label: 'DNS servers', kind: 'tags', hint: 'IP addresses, at most 3' },
    { name: 'ntp', label: 'NTP servers', kind: 'tags', hint: 'IP addresses or host names' },
    LABELS,
    ...(row === undefined
      ? [{ name: 'length', label: 'Prefix length of private networks', hint: '16 to 30; for clients of January 2021' }]
      : []),
  ],
  read: (row) => ({
    id: row?.id ?? '',
    name: row?.name ?? '',
    description: row?.description ?? '',
    mgmtserviceaddress: row?.mgmtserviceaddress ?? '',
    imageurl: row?.bootconfig.imageurl ?? '',
    kernelurl: row?.bootconfig.kernelurl ?? '',
    commandline: row?.bootconfig.commandline ?? '',
    dns: (row?.dns_servers ?? []).map(({ ip }) => ip),
    ntp: (row?.ntp_servers ?? []).map(({ address }) => address),
    labels: labelTexts(row?.labels),
    length: '',
  }),
  create: (values) =>
    api('put', '/v1/partition', {
      body: { ...common(values), privatenetworkprefixlength: numberIn(values, 'length') },
    }),
  update: (values) => api('post', '/v1/partition', { body: common(values) }),
  remove: (id) => api('delete', '/v1/partition/{id}', { path: { id } }),
};
