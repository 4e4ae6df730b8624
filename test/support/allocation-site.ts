import type { Type } from '@nestjs/common';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { commandTable } from '../../src/modules/command/command.table.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { AllocationCatalog } from '../../src/modules/machine/allocation/allocation-catalog.js';
import { AllocationService } from '../../src/modules/machine/allocation/allocation.service.js';
import type { AllocationRequest } from '../../src/modules/machine/allocation/request.js';
import type { Specification } from '../../src/modules/machine/allocation/specification.js';
import type { Machine, MachineState, StateValue } from '../../src/modules/machine/machine.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import type { NetworkAssignment } from '../../src/modules/network/machine-networks.js';
import { NetworkService } from '../../src/modules/network/network.service.js';
import { asnTable } from '../../src/modules/pool/pool.table.js';
import type { AppParts } from '../../src/app.js';
import { startTestApp } from './app.js';
import type { TestApp } from './app.js';
import { DEV_KEYS } from './hmac.js';
import { leaks } from './invariants.js';
import { tableOf } from './machines.js';
import { machineId, seedWaitingMachines } from './seed.js';

/** The services of an application with a small data centre, for tests that call them without HTTP. */
export class AllocationSite {
  private constructor(
    readonly server: TestApp,
    readonly lab: Lab,
    /** A private network of `project-a`. */
    readonly network: string,
  ) {}

  /** Starts the application and registers `machines` waiting machines. */
  static async start(
    machines: number,
    variables: Record<string, string> = {},
    parts: AppParts = {},
  ): Promise<AllocationSite> {
    const server = await startTestApp(variables, parts);
    const admin = new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin });
    const lab = await installLab(admin);
    const { id } = await admin.post<{ id: string }>('v1/network/allocate', {
      partitionid: lab.partition,
      projectid: lab.projects.a,
    });
    const site = new AllocationSite(server, lab, id);
    await site.seed(machines);
    return site;
  }

  /** Makes the first `count` machines free ones that wait. */
  seed(count: number): Promise<void> {
    return this.seedOn(this.server, count);
  }

  /** Like `seed`, on another server of the same database. */
  async seedOn(server: TestApp, count: number): Promise<void> {
    await seedWaitingMachines((definition) => tableOf(server, definition), count, this.lab);
  }

  service<T>(type: Type<T>): T {
    return this.server.app.get(type, { strict: false });
  }

  machine(index: number): Machine {
    return this.machines.get(machineId(index))!;
  }

  get machines() {
    return tableOf(this.server, machineTable);
  }

  async change(index: number, fields: Partial<Machine>): Promise<void> {
    await this.machines.update(machineId(index), (machine) => ({ ...machine, ...fields }));
  }

  /** A request for a machine of `project-a`. */
  request(fields: Partial<AllocationRequest> = {}): AllocationRequest {
    return {
      role: 'machine',
      uuid: undefined,
      name: 'node',
      description: '',
      hostname: 'node',
      projectId: this.lab.projects.a,
      partitionId: this.lab.partition,
      sizeId: this.lab.size,
      imageId: this.lab.machineImage,
      filesystemLayoutId: undefined,
      sshPubKeys: [],
      userData: '',
      tags: [],
      networks: [{ networkId: this.network, autoAcquire: true }],
      ips: [],
      placementTags: [],
      dnsServers: [],
      ntpServers: [],
      firewallRules: { egress: [], ingress: [] },
      creator: 'tester',
      ...fields,
    };
  }

  specification(fields: Partial<AllocationRequest> = {}): Specification {
    return this.service(AllocationCatalog).specify(this.request(fields));
  }

  assignments(fields: Partial<AllocationRequest> = {}): readonly NetworkAssignment[] {
    return this.service(NetworkService).assignNetworks(this.request(fields), this.lab.partition);
  }

  allocate(fields: Partial<AllocationRequest> = {}): Promise<Machine> {
    return this.service(AllocationService).allocate(this.request(fields));
  }

  /** Numbers of addresses and AS numbers that are in use. */
  get used(): { readonly ips: number; readonly asns: number } {
    return { ips: count(tableOf(this.server, ipTable).list()), asns: count(tableOf(this.server, asnTable).list()) };
  }

  /** Kinds of the commands in the journal of a machine, in the order in which they were issued. */
  commandsOf(index: number): string[] {
    return [...tableOf(this.server, commandTable).list()]
      .filter(({ machine }) => machine === machineId(index))
      .map(({ command, type }) => command ?? type);
  }

  /** Violations of the invariants between machines, addresses and AS numbers. */
  leaks(): string[] {
    return leaks((definition) => tableOf(this.server, definition));
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

/** A state that an operator set. */
export const inState = (value: StateValue, description: string): MachineState => ({
  value,
  description,
  issuer: 'operator',
  metalHammerVersion: '',
});

const count = (items: Iterable<unknown>): number => [...items].length;
