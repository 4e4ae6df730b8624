import { expect } from 'vitest';
import { RestClient, RestError } from '../../../src/agent/rest-client.js';
import { eventTable } from '../../../src/modules/machine/event/event.table.js';
import { machineTable } from '../../../src/modules/machine/machine.table.js';
import { DEV_KEYS } from '../hmac.js';
import { aliveContainer, machineId, waitingMachine, type Tables } from '../seed.js';
import type { IpAnswer, MachineAnswer, NetworkAnswer } from './answers.js';
import { FIREWALL_IMAGE, IMAGE, installCatalog, SIZE, type ProjectName } from './catalog.js';

/** A requested network: its ID, or its ID and an address request. */
type Wish = string | { readonly networkid: string; readonly autoacquire: boolean };

interface More {
  readonly ips?: readonly string[];
  readonly partitionid?: string;
  readonly name?: string;
}

/** Number of waiting machines per partition, and their first number. */
const MACHINES = { P1: { first: 0, count: 80 }, P2: { first: 100, count: 3 }, P3: { first: 110, count: 3 } };

/**
 * The fixture of docs/reference/network-acceptance.md#acceptance-scenarios-for-networks on running servers, and the
 * operations of its scenarios.
 */
export class Scene {
  readonly admin: RestClient;
  readonly editor: RestClient;
  readonly viewer: RestClient;

  private constructor(
    readonly url: string,
    /** Tables of the same database, for states that only machines can cause. */
    readonly tables: Tables,
    readonly project: Record<ProjectName, string>,
    /** IDs of the child networks by their names in the fixture. */
    readonly net: Record<'NA' | 'NB' | 'ST' | 'ST2' | 'X2', string>,
  ) {
    this.admin = clientOf(url, 'admin');
    this.editor = clientOf(url, 'editor');
    this.viewer = clientOf(url, 'viewer');
  }

  /** Installs the fixture; `url` ends with a slash. */
  static async install(url: string, tables: Tables): Promise<Scene> {
    const project = await installCatalog(clientOf(url, 'admin'));
    const scene = new Scene(url, tables, project, { NA: '', NB: '', ST: '', ST2: '', X2: '' });
    scene.net.NA = (await scene.child('A')).id;
    scene.net.NB = (await scene.child('B')).id;
    scene.net.ST = (await scene.child('STOR', { shared: true })).id;
    scene.net.ST2 = (await scene.child('B2', { shared: true })).id;
    scene.net.X2 = (await scene.child('STOR', { shared: true, partitionid: 'P2' })).id;
    for (const [partition, { first, count }] of Object.entries(MACHINES)) await scene.seed(partition, first, count);
    return scene;
  }

  /** The same fixture through another server of the same database. */
  through(url: string): Scene {
    return new Scene(url, this.tables, this.project, this.net);
  }

  child(project: ProjectName, more: object = {}): Promise<NetworkAnswer> {
    return this.editor.post('v1/network/allocate', { partitionid: 'P1', projectid: this.project[project], ...more });
  }

  network(id: string): Promise<NetworkAnswer> {
    return this.viewer.get(`v1/network/${id}`);
  }

  freeNetwork(id: string): Promise<NetworkAnswer> {
    return this.editor.delete(`v1/network/free/${id}`);
  }

  async usedIps(id: string): Promise<number> {
    return (await this.network(id)).usage.used_ips;
  }

  /** Allocates a static address of a project in a network. */
  staticIp(project: ProjectName, networkid: string): Promise<IpAnswer> {
    return this.editor.post('v1/ip/allocate', { networkid, projectid: this.project[project], type: 'static' });
  }

  ip(address: string): Promise<IpAnswer> {
    return this.viewer.get(`v1/ip/${address}`);
  }

  machine(project: ProjectName, networks: readonly Wish[], more: More = {}): Promise<MachineAnswer> {
    return this.editor.post('v1/machine/allocate', this.request(project, networks, { imageid: IMAGE, ...more }));
  }

  firewall(project: ProjectName, networks: readonly Wish[], more: More = {}): Promise<MachineAnswer> {
    const request = this.request(project, networks, { imageid: FIREWALL_IMAGE, ...more });
    return this.editor.post('v1/firewall/allocate', request);
  }

  async free({ id }: { readonly id: string }): Promise<void> {
    await this.editor.delete(`v1/machine/${id}/free`);
  }

  private request(project: ProjectName, networks: readonly Wish[], more: object): object {
    return {
      projectid: this.project[project],
      partitionid: 'P1',
      sizeid: SIZE,
      networks: networks.map((wish) => (typeof wish === 'string' ? { networkid: wish } : wish)),
      ...more,
    };
  }

  private async seed(partition: string, first: number, count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, i) => first + i);
    const [machines, events] = [this.tables(machineTable), this.tables(eventTable)];
    await Promise.all(numbers.map((n) => machines.insert(waitingMachine(n, { partition, size: SIZE }))));
    await Promise.all(numbers.map((n) => events.insert(aliveContainer(machineId(n)))));
  }
}

/** Expects a refusal with this status, and returns its message. */
export async function refused(status: number, request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RestError)) expect.fail(`expected a refusal with ${status}, got ${String(error)}`);
  expect(`${error.status} of ${error.message}`).toBe(`${status} of ${error.message}`);
  return error.message;
}

/** A request for a network without a new address. */
export const manual = (networkid: string) => ({ networkid, autoacquire: false });

const clientOf = (url: string, role: keyof typeof DEV_KEYS): RestClient =>
  new RestClient({ url, role, key: DEV_KEYS[role] });
