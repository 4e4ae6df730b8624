import { LAB_HARDWARE } from '../../../src/agent/simulator/lab.js';
import type { Lab } from '../../../src/agent/simulator/lab.js';

/** Two documents of one kind, in the form of responses, as operators keep them in files. */
export interface Entity {
  /** Command words, e.g. `network ip`. */
  readonly command: string;
  readonly documents: readonly Readonly<Record<string, unknown>>[];
  /** Arguments of describe and delete. */
  readonly ids: readonly string[];
}

/** Kinds that both client generations can apply. */
export function commonEntities(lab: Lab): Entity[] {
  const entity = (command: string, documents: readonly Readonly<Record<string, unknown>>[]): Entity => ({
    command,
    documents,
    ids: documents.map(({ id, ipaddress }) => String(id ?? ipaddress)),
  });
  const boot = { imageurl: 'http://127.0.0.1/i', kernelurl: 'http://127.0.0.1/k', commandline: 'c' };
  const image = { url: 'http://127.0.0.1/i', features: ['machine'], expirationDate: '2099-01-01T00:00:00.000Z' };
  const network = { destinationprefixes: [], nat: false, privatesuper: false, underlay: false };
  const ip = { networkid: lab.internet, projectid: lab.projects.a, type: 'static', tags: ['ctl'] };
  return [
    entity('size', [sizeOf('ctl-1', 57), sizeOf('ctl-2', 58)]),
    entity('image', [
      { id: 'ctl-1.0.20250101', name: 'ctl', ...image },
      { id: 'ctl-2.0.20250101', name: 'ctl', ...image },
    ]),
    entity('partition', [
      { id: 'ctl-1', name: 'ctl', bootconfig: boot },
      { id: 'ctl-2', name: 'ctl', bootconfig: boot },
    ]),
    entity('network', [
      { id: 'ctl-1', name: 'ctl', prefixes: ['192.0.2.0/28'], vrf: 4801, ...network },
      { id: 'ctl-2', name: 'ctl', prefixes: ['192.0.2.16/28'], vrf: 4802, ...network },
    ]),
    entity('network ip', [
      { ipaddress: '203.0.113.201', name: 'ctl', ...ip },
      { ipaddress: '203.0.113.202', name: 'ctl', ...ip },
    ]),
  ];
}

/** Kinds that only the current client supports. */
export function newerEntities(lab: Lab): Entity[] {
  const layout = {
    constraints: { sizes: [lab.size], images: { ctl: '*' } },
    disks: [{ device: LAB_HARDWARE.disk.name, wipeonreinstall: true, partitions: [] }],
    filesystems: [{ path: '/tmp', device: 'tmpfs', format: 'tmpfs', mountoptions: [], createoptions: [] }],
  };
  const meta = (id: string, kind: string) => ({ id, kind, apiversion: 'v1', annotations: { a: 'b' }, labels: ['l'] });
  return [
    { command: 'filesystemlayout', documents: [{ id: 'ctl-1', ...layout }], ids: ['ctl-1'] },
    { command: 'tenant', documents: [{ meta: meta('ctl-1', 'Tenant'), name: 'ctl' }], ids: ['ctl-1'] },
    {
      command: 'project',
      documents: [{ meta: meta('ctl-1', 'Project'), name: 'ctl', tenant_id: 'metal-stack' }],
      ids: ['ctl-1'],
    },
    {
      command: 'size imageconstraint',
      documents: [{ id: lab.size, name: 'ctl', constraints: { images: { ctl: '>= 1.0.0' } } }],
      ids: [lab.size],
    },
    {
      command: 'size reservation',
      documents: [
        { id: 'ctl-1', amount: 1, sizeid: lab.size, projectid: lab.projects.b, partitionids: [lab.partition] },
      ],
      ids: ['ctl-1'],
    },
  ];
}

const sizeOf = (id: string, cores: number) => ({
  id,
  name: 'ctl',
  constraints: [{ type: 'cores', min: cores, max: cores }],
});
