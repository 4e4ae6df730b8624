import { randomBytes } from 'node:crypto';
import { installLab } from '../../../src/agent/simulator/lab.js';
import type { Lab } from '../../../src/agent/simulator/lab.js';
import { RestClient } from '../../../src/agent/rest-client.js';
import { RunningPartition } from '../../../src/agent/simulator/running-partition.js';
import type { Role } from '../../../src/platform/auth/role.js';
import { Bus } from '../../../src/platform/bus/bus.js';
import { GrpcServer } from '../../../src/platform/grpc/grpc-server.js';
import { startTestApp } from '../../support/app.js';
import type { TestApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { DEV_KEYS } from '../../support/hmac.js';
import { Caller } from './caller.js';
import type { MachineBody, NetworkBody } from './bodies.js';

/** The base paths that every scenario must pass under (A39). */
export const BASE_PATHS = ['/', '/metal/'];

export const CLUSTER_TAG = 'cluster.metal-stack.io/id';
export const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB one';
export const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC two';

/** A Kubernetes cluster as seen by its controllers: an ID, a project and a node network. */
export interface Cluster {
  readonly id: string;
  /** `cluster.metal-stack.io/id=<id>` */
  readonly tag: string;
  readonly project: string;
  readonly network: NetworkBody;
}

/** A server with a simulated partition, and the operations of a cluster's controllers. */
export class Scene {
  private constructor(
    readonly server: TestApp,
    /** `http://127.0.0.1:<port>` with base path, without a trailing slash. */
    readonly url: string,
    readonly lab: Lab,
    private readonly running: RunningPartition,
  ) {}

  static async start(basePath: string, machines: number): Promise<Scene> {
    const server = await startTestApp({ METAL_API_BASE_PATH: basePath });
    const url = `${server.url}${basePath}`.replace(/\/$/, '');
    const grpc = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
    const lab = await installLab(new RestClient({ url: `${url}/`, role: 'admin', key: DEV_KEYS.admin }), 'fra');
    const running = new RunningPartition({
      ...{ partition: 'fra', machines, racks: 2, stepTime: 5, url: `${url}/`, grpc, editorKey: DEV_KEYS.editor },
      bus: server.app.get(Bus),
      log: { info: () => undefined, warn: () => undefined },
    });
    const scene = new Scene(server, url, lab, running);
    await running.start();
    await running.partition.reportBmcs();
    await scene.untilWaiting(machines);
    return scene;
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.server.close();
  }

  as(role: Role): Caller {
    return new Caller(this.url, role);
  }

  /** With the role of most controllers. */
  get editor(): Caller {
    return this.as('editor');
  }

  get admin(): Caller {
    return this.as('admin');
  }

  async newProject(): Promise<string> {
    const id = `project-${randomBytes(4).toString('hex')}`;
    const meta = { id, kind: 'Project', apiversion: 'v1' };
    await this.admin.put('/v1/project', { meta, name: id, tenant_id: 'metal-stack' }, 201);
    return id;
  }

  /** A project and a node network for a new cluster, as acquired by the infrastructure controller. */
  async newCluster(): Promise<Cluster> {
    const id = randomBytes(8).toString('hex');
    const project = await this.newProject();
    const network = await this.editor.post<NetworkBody>(
      '/v1/network/allocate',
      { ...{ projectid: project, partitionid: this.lab.partition, name: id }, labels: { [CLUSTER_TAG]: id } },
      201,
    );
    return { id, tag: `${CLUSTER_TAG}=${id}`, project, network };
  }

  /** The machine controller manager's request for a worker. */
  workerOf({ tag, project, network }: Cluster, extra: object = {}): object {
    const name = `worker-${randomBytes(3).toString('hex')}`;
    return {
      ...{ description: `${name} created by Gardener.`, name, hostname: name, projectid: project },
      ...{ sizeid: this.lab.size, partitionid: this.lab.partition, imageid: this.lab.machineImage },
      networks: [{ networkid: network.id, autoacquire: true }],
      ...{ tags: [tag], ssh_pub_keys: [PUBLIC_KEY], user_data: '#!ignition { raw }', placement_tags: [tag] },
      ...extra,
    };
  }

  createWorker(cluster: Cluster, extra: object = {}): Promise<MachineBody> {
    return this.editor.post<MachineBody>('/v1/machine/allocate', this.workerOf(cluster, extra));
  }

  /** The firewall controller manager's request, with the networks in the given order. */
  firewallOf({ tag, project }: Cluster, networks: readonly string[], extra: object = {}): object {
    const name = `firewall-${randomBytes(3).toString('hex')}`;
    return {
      ...{ description: 'created by firewall-controller-manager', name, hostname: name, projectid: project },
      ...{ sizeid: this.lab.size, partitionid: this.lab.partition, imageid: this.lab.firewallImage },
      networks: networks.map((networkid) => ({ networkid, autoacquire: true })),
      ...{ tags: [tag], ssh_pub_keys: [], user_data: '{"ignition":{}}' },
      ...extra,
    };
  }

  createFirewall(cluster: Cluster, networks: readonly string[], extra: object = {}): Promise<MachineBody> {
    return this.editor.post<MachineBody>('/v1/firewall/allocate', this.firewallOf(cluster, networks, extra));
  }

  machine(id: string): Promise<MachineBody> {
    return this.as('viewer').get<MachineBody>(`/v1/machine/${id}`);
  }

  /** The machines listed by the machine controller manager. */
  machinesOf({ project, tag }: Cluster, filter: object = {}): Promise<MachineBody[]> {
    return this.editor.post<MachineBody[]>('/v1/machine/find', { allocation_project: project, tags: [tag], ...filter });
  }

  free(id: string): Promise<MachineBody> {
    return this.editor.delete<MachineBody>(`/v1/machine/${id}/free`);
  }

  untilPhonedHome(id: string): Promise<MachineBody> {
    return eventually(`machine ${id} phones home`, async () => {
      const machine = await this.machine(id);
      return machine.events.log[0]?.event === 'Phoned Home' && machine;
    });
  }

  /** Waits until at least this many machines are free and waiting. */
  async untilWaiting(count: number): Promise<void> {
    await eventually(`${count} machines wait`, async () => {
      const machines = await this.as('viewer').get<MachineBody[]>('/v1/machine');
      const waiting = machines.filter(
        ({ allocation, liveliness, events }) =>
          !allocation && liveliness === 'Alive' && events.log[0]?.event === 'Waiting',
      );
      return waiting.length >= count;
    });
  }
}
