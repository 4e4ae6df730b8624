import type { Change, Content, Table, Unsubscribe } from '../../platform/store/table.js';
import { identityOf } from './switch.js';
import type { Switch } from './switch.js';
import type { SwitchIndex } from './switch.table.js';

/**
 * The switch table for services. Every write also resets the VRF of ports without a machine. Otherwise a port that kept
 * the VRF of a former machine would still be in it when the next tenant gets that VRF. The filter goes with the VRF,
 * because it is computed for connected ports only.
 */
export class VrfCleaningTable implements Table<Switch, SwitchIndex> {
  constructor(private readonly table: Table<Switch, SwitchIndex>) {}

  get name(): string {
    return this.table.name;
  }

  get size(): number {
    return this.table.size;
  }

  get(id: string): Switch | undefined {
    return this.table.get(id);
  }

  list(): Iterable<Switch> {
    return this.table.list();
  }

  by(index: SwitchIndex, key: string): readonly Switch[] {
    return this.table.by(index, key);
  }

  insert(content: Content<Switch>): Promise<Switch> {
    return this.table.insert(withoutStaleVrfs(content));
  }

  replace(content: Content<Switch>, expectedRevision: number): Promise<Switch> {
    return this.table.replace(withoutStaleVrfs(content), expectedRevision);
  }

  /** A change without effect is not written, and then repairs no port either. */
  update(id: string, change: (current: Switch) => Content<Switch>): Promise<Switch> {
    return this.table.update(id, (leaf) => {
      const next = change(leaf);
      return next === leaf ? leaf : withoutStaleVrfs(next);
    });
  }

  upsert(id: string, change: (current: Switch | undefined) => Content<Switch>): Promise<Switch> {
    return this.table.upsert(id, (leaf) => {
      const next = change(leaf);
      return next === leaf ? next : withoutStaleVrfs(next);
    });
  }

  remove(id: string, expectedRevision?: number): Promise<Switch | undefined> {
    return this.table.remove(id, expectedRevision);
  }

  readFresh(id: string): Promise<Switch | undefined> {
    return this.table.readFresh(id);
  }

  /** Not supported: an unconditional merge could separate ports from their connections. */
  patchUnchecked(): Promise<void> {
    return Promise.reject(new Error('switches can only be changed by compare-and-set'));
  }

  watch(listener: (change: Change<Switch>) => void): Unsubscribe {
    return this.table.watch(listener);
  }
}

/** Returns the switch with no VRF on ports without a machine, or the same object if nothing changes. */
export function withoutStaleVrfs<S extends Pick<Switch, 'nics' | 'connections'>>(leaf: S): S {
  const connected = new Set(leaf.connections.map(({ port }) => port));
  const isStale = (nic: Switch['nics'][number]): boolean => nic.vrf !== undefined && !connected.has(identityOf(nic));
  if (!leaf.nics.some(isStale)) return leaf;
  return { ...leaf, nics: leaf.nics.map((nic) => (isStale(nic) ? { ...nic, vrf: undefined } : nic)) };
}
