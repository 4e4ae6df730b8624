import { RestError } from '../../../src/agent/rest-client.js';
import type { RestClient } from '../../../src/agent/rest-client.js';
import type { Random } from '../../../src/agent/simulator/random.js';
import { sleep } from '../../../src/shared/concurrency/timers.js';
import type { Calls } from './calls.js';
import type { RollingSite } from './rolling-site.js';

interface Named {
  readonly id: string;
  readonly allocation?: { readonly name: string } | null;
}

interface Address {
  readonly ipaddress: string;
  readonly name?: string;
}

/** What a controller has and has given back, as the server has acknowledged it. */
export class Property {
  /** Names of allocations, by machine. */
  readonly machines = new Map<string, string>();
  /** The label of each network, and the name of each address. */
  readonly networks = new Map<string, string>();
  readonly addresses = new Map<string, string>();
  readonly released = new Set<string>();
}

/** How much a controller keeps; it releases before it takes more. */
const KEPT = 2;

/** Works like a controller of Kubernetes: takes machines, networks and addresses, changes them, and gives them back. */
export class Controller {
  private serial = 0;

  constructor(
    private readonly name: string,
    private readonly site: RollingSite,
    private readonly calls: Calls,
    private readonly property: Property,
    private readonly random: Random,
  ) {}

  async run(isOver: () => boolean): Promise<void> {
    const steps = ['machine', 'network', 'address', 'power', 'power', 'read'] as const;
    while (!isOver()) {
      const step = steps[this.random.between(0, steps.length - 1)]!;
      await this[step]().catch((error: unknown) => this.refused(error));
      await sleep(this.random.between(0, 60));
    }
  }

  /** That no machine waits right now is no fault. */
  private refused(error: unknown): void {
    if (error instanceof RestError && error.status === 422 && error.message.includes('no machine available')) return;
    this.calls.violations.push(`${this.name}: ${(error as Error).message}`);
  }

  private async machine(): Promise<void> {
    const { machines, released } = this.property;
    if (this.isFull(machines)) {
      const [id, name] = this.someOf(machines);
      machines.delete(id);
      await this.release('free machine', id, `v1/machine/${id}/free`, () => this.machineOf(name));
      return void released.add(name);
    }
    const name = this.newName();
    const { id } = await this.calls.persist(
      'allocate machine',
      () =>
        this.client.post<Named>('v1/machine/allocate', {
          name,
          hostname: name,
          projectid: this.site.lab.projects.a,
          partitionid: this.site.lab.partition,
          sizeid: this.site.lab.size,
          imageid: this.site.lab.machineImage,
          networks: [{ networkid: this.site.network }, { networkid: this.site.lab.internet }],
        }),
      () => this.machineOf(name),
    );
    machines.set(id, name);
  }

  private async network(): Promise<void> {
    const { networks, released } = this.property;
    if (this.isFull(networks)) {
      const [id] = this.someOf(networks);
      networks.delete(id);
      await this.release('free network', id, `v1/network/free/${id}`, () => this.networkOf(id));
      return void released.add(id);
    }
    const name = this.newName();
    const { id } = await this.calls.persist(
      'allocate network',
      () =>
        this.client.post<Named>('v1/network/allocate', {
          name,
          projectid: this.site.lab.projects.b,
          partitionid: this.site.lab.partition,
        }),
      async () => (await this.client.post<Named[]>('v1/network/find', { name }))[0],
    );
    networks.set(id, '');
    const labels = { of: name };
    await this.calls.persist('change network', () => this.site.rest('admin').post('v1/network', { id, labels }));
    networks.set(id, name);
  }

  private async address(): Promise<void> {
    const { addresses, released } = this.property;
    if (this.isFull(addresses)) {
      const [ip, name] = this.someOf(addresses);
      addresses.delete(ip);
      await this.release('free address', ip, `v1/ip/free/${ip}`, () => this.addressOf(name));
      return void released.add(name);
    }
    const name = this.newName();
    const { projects, internet } = this.site.lab;
    const { ipaddress } = await this.calls.persist(
      'allocate address',
      () => this.client.post<Address>('v1/ip/allocate', { name, networkid: internet, projectid: projects.b }),
      () => this.addressOf(name),
    );
    addresses.set(ipaddress, name);
    await this.calls.persist('change address', () =>
      this.client.post('v1/ip', { ipaddress, type: 'static', tags: [`of=${name}`] }),
    );
  }

  private async power(): Promise<void> {
    const [id] = this.someOf(this.property.machines);
    if (id === undefined) return;
    const command = this.random.chance(0.5) ? 'on' : 'off';
    await this.calls.persist('power', () => this.client.post(`v1/machine/${id}/power/${command}`));
  }

  private async read(): Promise<void> {
    await this.calls.persist('list machines', () => this.client.get('v1/machine'));
  }

  /** A release that was not answered has happened when a search no longer finds what is released. */
  private async release(what: string, id: string, path: string, find: () => Promise<unknown>): Promise<void> {
    await this.calls.persist<unknown>(
      what,
      () => this.client.delete(path),
      async () => ((await find()) === undefined ? id : undefined),
    );
  }

  private async machineOf(allocation_name: string): Promise<Named | undefined> {
    return (await this.client.post<Named[]>('v1/machine/find', { allocation_name }))[0];
  }

  private async networkOf(id: string): Promise<Named | undefined> {
    return (await this.client.post<Named[]>('v1/network/find', { id }))[0];
  }

  private async addressOf(name: string): Promise<Address | undefined> {
    const { b: projectid } = this.site.lab.projects;
    return (await this.client.post<Address[]>('v1/ip/find', { projectid })).find((address) => address.name === name);
  }

  private isFull(kept: ReadonlyMap<string, string>): boolean {
    return kept.size > 0 && (kept.size >= KEPT || this.random.chance(0.5));
  }

  private someOf(kept: ReadonlyMap<string, string>): [string, string] {
    const entries = [...kept];
    return entries[this.random.between(0, entries.length - 1)]! ?? [];
  }

  private newName(): string {
    return `${this.name}-${++this.serial}`;
  }

  private get client(): RestClient {
    return this.site.rest('editor');
  }
}
