import { randomUUID } from 'node:crypto';
import { ManualClock } from '../../src/shared/clock.js';
import { isDomainError } from '../../src/shared/errors/domain-error.js';
import type { Snapshot } from '../../src/modules/fsck/fsck.js';
import type { Machine } from '../../src/modules/machine/machine.js';
import { newMachine } from '../../src/modules/machine/machine.js';
import { machineNetwork, type MachineNetwork } from '../../src/modules/network/machine-networks.js';
import type { Network } from '../../src/modules/network/network.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { FragileEngine, type Crash } from './fragile-engine.js';
import { plantedAllocation } from './machines.js';
import { networkServicesOn, type NetworkServicesOn } from './networks.js';
import { memoryTable } from './store.js';

const NOBODY: Omit<Machine, 'revision'> = newMachine('', '2026-01-01T00:00:00.000Z');

/** A server process of the model; replaced when it dies. */
interface Process {
  readonly connection: FragileEngine;
  readonly services: NetworkServicesOn;
}

/**
 * Several processes that allocate network resources on one database; any of them may die in the middle of any write.
 * Machines are simulated: their claims and allocations outlive processes, like documents of a database.
 */
export class NetworkingModel {
  readonly clock = new ManualClock();
  readonly machines = new Map<string, Machine>();
  private readonly database = new MemoryEngine();
  private readonly processes: Process[];

  constructor(processes: number) {
    this.processes = Array.from({ length: processes }, () => this.start());
  }

  /** The services of a process; `number` may be any number. */
  process(number: number): NetworkServicesOn {
    return this.processes[number % this.processes.length]!.services;
  }

  /** Runs tasks concurrently while one process is about to die; afterwards a new one replaces it and cleans up. */
  async run(tasks: readonly (() => Promise<unknown>)[], crash?: Crash & { readonly process: number }): Promise<void> {
    const victim = (crash?.process ?? 0) % this.processes.length;
    const { connection } = this.processes[victim]!;
    if (crash) connection.arm(crash);
    const results = await Promise.allSettled(tasks.map((task) => task()));
    const bugs = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    const bug = bugs.find((error) => !isDomainError(error) && error.message !== 'this process is dead');
    if (bug) throw bug;
    connection.disarm();
    if (!connection.dead) return;
    this.processes[victim] = this.start();
    await this.cleanUp(this.processes[victim].services);
  }

  /** An allocation with the steps in their real order. */
  async allocate(machineId: string, number: number, networks: readonly Network[], project: string): Promise<void> {
    if (this.machines.get(machineId)?.claim || this.machines.get(machineId)?.allocation) return;
    const { pools, ips } = this.process(number);
    const allocation = randomUUID();
    const deadline = '2026-01-01T00:00:00.000Z';
    const claim = { allocation, project, role: 'firewall' as const, tags: [], deadline, undoing: false };
    this.store(machineId, { claim });
    const owner = { machineId, allocation, projectId: project, name: 'fw' };
    try {
      const asn = await pools.acquireAsn(allocation);
      const wanted = networks.map((network) => ({ network, type: 'external' as const, auto: true, ips: [] }));
      const connected = await Promise.allSettled(
        wanted.map(async (one) => machineNetwork(one, await ips.acquireForAllocation(one, owner), asn)),
      );
      const memberships = connected.map((result): MachineNetwork => {
        if (result.status === 'rejected') throw result.reason as Error;
        return result.value;
      });
      const fields = { uuid: allocation, role: 'firewall' as const, project, asn, networks: memberships };
      this.store(machineId, { claim: undefined, allocation: plantedAllocation(fields) });
    } catch (error) {
      await this.undo(this.machines.get(machineId)!, number);
      throw error;
    }
  }

  /** A release with the steps in their real order. */
  async release(machineId: string, number: number): Promise<void> {
    const machine = this.machines.get(machineId);
    if (!machine?.allocation) return;
    const { uuid } = machine.allocation;
    this.store(machineId, { release: { id: 'r', allocation: uuid, deadline: '2026-01-01T00:00:00.000Z' } });
    await this.finish(this.machines.get(machineId)!, this.process(number));
  }

  snapshot(number = 0): Snapshot {
    const { tables, ipam, pools, networks, ips } = this.process(number);
    const mapped = <T extends { readonly id: string }>(all: Iterable<T>) =>
      new Map([...all].map((one) => [one.id, one]));
    return {
      time: this.clock.now(),
      partitions: new Set(['p1', 'p2', 'p3']),
      projects: new Set(['stor', 'a', 'b']),
      networks: mapped(networks.listAll()),
      reservations: ipam.reserved(),
      ledgers: mapped(tables.children.list()),
      vrfs: pools.vrfsInUse(),
      asns: pools.asnsInUse(),
      addresses: mapped(tables.ips.list()),
      countOf: (prefix) => ips.countOf(prefix),
      machines: this.machines,
      switches: [],
    };
  }

  private async undo({ id, claim }: Machine, number: number): Promise<void> {
    const { pools, ips } = this.process(number);
    await ips.releaseAllocation(id, claim!.allocation, 'failed');
    await pools.releaseAsn(claim!.allocation);
    this.store(id, { claim: undefined });
  }

  private async finish({ id, release }: Machine, { pools, ips }: NetworkServicesOn): Promise<void> {
    const allocation = release!.allocation!;
    await ips.releaseAllocation(id, allocation, 'freed');
    await pools.releaseAsn(allocation);
    this.store(id, { release: undefined, allocation: undefined });
  }

  /** Runs the sweepers like a process that starts alone on its database. */
  private async cleanUp(services: NetworkServicesOn): Promise<void> {
    await services.networks.sweep(Number.POSITIVE_INFINITY);
    await services.ips.sweepUnconfirmed();
    for (const machine of this.machines.values()) {
      if (machine.claim)
        await this.undo(
          machine,
          this.processes.findIndex((one) => one.services === services),
        );
      if (machine.release) await this.finish(machine, services);
    }
  }

  private store(id: string, fields: Partial<Machine>): void {
    this.machines.set(id, { ...NOBODY, revision: 1, ...this.machines.get(id), ...fields, id });
  }

  private start(): Process {
    const connection = new FragileEngine(this.database);
    const services = networkServicesOn(
      (definition) => memoryTable(definition, connection.engine as MemoryEngine),
      this.clock,
    );
    const inNetwork = (id: string): string[] =>
      [...this.machines.values()]
        .filter(({ allocation }) => allocation?.networks.some(({ networkId }) => networkId === id))
        .map((machine) => machine.id);
    services.references.networks.add({ what: 'machines', idsOf: inNetwork });
    return { connection, services };
  }
}
