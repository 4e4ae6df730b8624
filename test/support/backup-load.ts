import type { RestClient } from '../../src/agent/rest-client.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { eventually } from './eventually.js';
import { machineId } from './seed.js';
import type { ServerProcess } from './server-process.js';

interface Identified {
  readonly id: string;
}

const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];

/** Allocates and frees machines, networks and addresses at random, through all servers, until it is stopped. */
export class BackupLoad {
  /** Successful calls. */
  done = 0;
  private over = false;
  private workers: Promise<void>[] = [];

  private constructor(
    private readonly lab: Lab,
    private readonly machines: number,
    private readonly network: string,
  ) {}

  /** `clients` is how many calls are under way at any time. */
  static async start(
    servers: readonly ServerProcess[],
    lab: Lab,
    { machines, clients }: { readonly machines: number; readonly clients: number },
  ): Promise<BackupLoad> {
    const editor = servers[0]!.rest('editor');
    const body = { partitionid: lab.partition, projectid: lab.projects.b };
    const { id } = await editor.post<Identified>('v1/network/allocate', body);
    const load = new BackupLoad(lab, machines, id);
    load.workers = Array.from({ length: clients }, (_, i) => load.work(servers[i % servers.length]!.rest('admin')));
    return load;
  }

  /** Resolves after this many further changes. */
  async goOn(changes: number): Promise<void> {
    const target = this.done + changes;
    await eventually('the load goes on', () => this.done >= target, 60_000);
  }

  async stop(): Promise<void> {
    this.over = true;
    await Promise.all(this.workers);
  }

  private async work(admin: RestClient): Promise<void> {
    while (!this.over) {
      await this.change(admin).then(
        () => (this.done += 1),
        () => undefined,
      );
    }
  }

  private async change(admin: RestClient): Promise<unknown> {
    const { lab, machines, network } = this;
    const uuid = machineId(Math.floor(Math.random() * machines));
    const children = (): Promise<Identified[]> =>
      admin.post('v1/network/find', { parentnetworkid: `${lab.partition}-super`, projectid: lab.projects.a });
    switch (pick(['allocate', 'allocate', 'free', 'child', 'release', 'address', 'give-back'])) {
      case 'allocate':
        return admin.post('v1/machine/allocate', {
          ...{ uuid, projectid: lab.projects.b, imageid: lab.machineImage },
          networks: [{ networkid: network }, { networkid: lab.internet }],
        });
      case 'free':
        return admin.delete(`v1/machine/${uuid}/free`);
      case 'child':
        return admin.post('v1/network/allocate', { partitionid: lab.partition, projectid: lab.projects.a });
      case 'release':
        return admin.delete(`v1/network/free/${pick(await children())?.id}`);
      case 'address': {
        const child = Math.random() < 0.5 ? pick(await children())?.id : undefined;
        return admin.post('v1/ip/allocate', { networkid: child ?? lab.internet, projectid: lab.projects.a });
      }
      default: {
        const ips = await admin.post<{ ipaddress: string }[]>('v1/ip/find', { projectid: lab.projects.a });
        return admin.delete(`v1/ip/free/${pick(ips)?.ipaddress}`);
      }
    }
  }
}
