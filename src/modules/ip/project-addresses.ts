import type { Table } from '../../platform/store/table.js';
import { BoundedMap } from '../../shared/concurrency/bounded-map.js';
import { CidrSet } from '../../shared/net/cidr-set.js';
import { addressBits } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import { PrefixList } from '../../shared/net/prefix-list.js';
import { Prefix } from '../../shared/net/prefix.js';
import type { IpAddress } from './ip.js';
import type { IpIndex } from './ip.table.js';

/** Changes of a project that are gathered for the next reader; after more, the list is made anew. */
const MAX_CHANGES = 1000;

/** Lists of projects that are not asked for any more make room for others. */
const MAX_PROJECTS = 5000;

interface Known {
  list: PrefixList;
  /** An address is stored in another spelling, so that two documents may stand for one address. */
  readonly isOdd: boolean;
  /** Ids of addresses that were added or removed since. */
  readonly changed: Set<string>;
}

/**
 * The addresses of each project as lists that stay identical until an address of the project is added or removed, so that
 * values computed from them can be memoized. A change of an address changes the list in one place.
 */
export class ProjectAddresses {
  private readonly known = new BoundedMap<string, Known>(MAX_PROJECTS);

  constructor(private readonly table: Table<IpAddress, IpIndex>) {
    table.watch((change) => {
      if (change.type === 'reset') return this.known.clear();
      const now = change.type === 'put' ? change.now.projectId : undefined;
      if (change.before?.projectId === now) return;
      this.note(change.before?.projectId, change.id);
      this.note(now, change.id);
    });
  }

  /** Texts that are no addresses are left out. */
  of(projectId: string): PrefixList {
    const known = this.known.get(projectId);
    if (!known) return this.load(projectId);
    if (known.changed.size === 0) return known.list;
    const changed = [...known.changed].map((id) => [id, Ip.tryParse(id)] as const);
    if (known.isOdd || changed.some(isOdd)) return this.load(projectId);
    known.changed.clear();
    known.list = this.updated(
      known.list,
      projectId,
      changed.flatMap(([, ip]) => ip ?? []),
    );
    if (known.list.isEmpty) this.known.delete(projectId);
    return known.list;
  }

  private note(projectId: string | undefined, id: string): void {
    if (projectId === undefined) return;
    const known = this.known.get(projectId);
    known?.changed.add(id);
    if (known && known.changed.size > MAX_CHANGES) this.known.delete(projectId);
  }

  /** The table knows which of the addresses the project has, whatever happened to them meanwhile. */
  private updated(list: PrefixList, projectId: string, changed: readonly Ip[]): PrefixList {
    const isOurs = (ip: Ip): boolean => this.table.get(ip.toString())?.projectId === projectId;
    const differing = changed.filter((ip) => isOurs(ip) !== list.has(ip));
    if (differing.length === 0) return list;
    const added = differing.filter(isOurs);
    return list.changed(setOf(differing), setOf(added));
  }

  private load(projectId: string): PrefixList {
    const addresses = this.table.by('project', projectId).map(({ id }) => [id, Ip.tryParse(id)] as const);
    this.known.delete(projectId);
    const list = PrefixList.of(addresses.flatMap(([, ip]) => (ip ? hostPrefix(ip) : [])));
    if (list.isEmpty) return PrefixList.EMPTY;
    this.known.set(projectId, { list, isOdd: addresses.some(isOdd), changed: new Set() });
    return list;
  }
}

const isOdd = ([id, ip]: readonly [string, Ip | undefined]): boolean => ip !== undefined && ip.toString() !== id;

const hostPrefix = (ip: Ip): Prefix => Prefix.of(ip, addressBits(ip.family));

const setOf = (ips: readonly Ip[]): CidrSet => CidrSet.of(ips.map(hostPrefix));
