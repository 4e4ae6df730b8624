/** An object as the lists of v1 have it. */
export interface Listed {
  readonly id?: string;
  readonly ipaddress?: string;
  readonly meta?: { readonly id: string };
  readonly partition?: { readonly id: string };
}

/** A kind of objects that v1 lists. */
export interface Kind {
  /** With its article. */
  readonly one: string;
  readonly many: string;
  readonly path: string;
  /** A search that finds many, given an object that exists. */
  readonly find?: (one: Listed, projectId: string) => object;
}

/** All kinds that v1 lists. What v1 cannot create (machines and firewalls) is measured where there is some. */
export const KINDS: readonly Kind[] = [
  {
    ...{ one: 'a machine', many: 'machines', path: 'machine' },
    find: ({ partition }) => (partition === undefined ? {} : { partition_id: partition.id }),
  },
  { one: 'a firewall', many: 'firewalls', path: 'firewall' },
  { one: 'a switch', many: 'switches', path: 'switch' },
  { one: 'a network', many: 'networks', path: 'network', find: (_, projectid) => ({ projectid }) },
  { one: 'an address', many: 'addresses', path: 'ip', find: (_, projectid) => ({ projectid }) },
  { one: 'a partition', many: 'partitions', path: 'partition' },
  { one: 'a size', many: 'sizes', path: 'size' },
  { one: 'an image', many: 'images', path: 'image' },
  { one: 'a filesystem layout', many: 'filesystem layouts', path: 'filesystemlayout' },
  { one: 'a size reservation', many: 'size reservations', path: 'size/reservations' },
  { one: 'a size-image constraint', many: 'size-image constraints', path: 'size-image-constraint' },
  { one: 'a project', many: 'projects', path: 'project' },
  { one: 'a tenant', many: 'tenants', path: 'tenant' },
];

export const idOf = ({ id, ipaddress, meta }: Listed): string => id ?? ipaddress ?? meta?.id ?? '';
