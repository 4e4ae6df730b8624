import { RestError } from '../../../src/agent/rest-client.js';
import type { RestClient } from '../../../src/agent/rest-client.js';
import type { Random } from '../../../src/agent/simulator/random.js';
import { sleep } from '../../../src/shared/concurrency/timers.js';
import type { ChaoticInstallation } from './installation.js';

/** The fields of a machine that tenants look at. */
export interface TenantMachine {
  readonly id: string;
  readonly allocation: {
    readonly name: string;
    readonly networks: readonly { readonly ips: readonly string[] }[];
  } | null;
}

/** What was acknowledged, and everything that must not have happened. */
export class Ledger {
  /** Names of the allocations that were acknowledged, by machine; an entry ends with the first attempt to free it. */
  readonly owned = new Map<string, { readonly name: string; readonly ips: readonly string[] }>();
  /** Names of allocations whose release was acknowledged. */
  readonly freed = new Set<string>();
  readonly violations: string[] = [];
  readonly calls: Record<string, number> = {};
  commands = 0;

  count(outcome: string): void {
    this.calls[outcome] = (this.calls[outcome] ?? 0) + 1;
  }

  allocated({ id, allocation }: TenantMachine, name: string): void {
    const ips = allocation?.networks.flatMap(({ ips }) => ips) ?? [];
    if (allocation?.name !== name) this.violations.push(`${id} was answered as ${allocation?.name}, not ${name}`);
    const owner = this.owned.get(id);
    if (owner) this.violations.push(`${id} of ${owner.name} was given to ${name} as well`);
    for (const [other, { ips: taken }] of this.owned)
      for (const ip of ips)
        if (taken.includes(ip)) this.violations.push(`${ip} of ${other} was given to ${id} as well`);
    this.owned.set(id, { name, ips });
  }
}

/** Allocates, frees and power-cycles machines, and records what was acknowledged. */
export class Tenant {
  private readonly mine = new Map<string, string>();
  private serial = 0;

  constructor(
    private readonly name: string,
    private readonly installation: ChaoticInstallation,
    private readonly ledger: Ledger,
    private readonly random: Random,
  ) {}

  async run(end: number): Promise<void> {
    while (Date.now() < end) {
      await this.step().catch((error: unknown) => this.failed(error));
      if (this.random.chance(0.05)) await this.adopt().catch((error: unknown) => this.failed(error));
      await sleep(this.random.between(0, 100));
    }
  }

  private async step(): Promise<void> {
    const machine = [...this.mine.keys()][this.random.between(0, Math.max(0, this.mine.size - 1))];
    if (machine === undefined || this.random.chance(0.4)) await this.allocate();
    else if (this.random.chance(0.5)) await this.power(machine);
    else await this.free(machine);
  }

  private async allocate(): Promise<void> {
    const { lab, network } = this.installation;
    const name = `${this.name}-${++this.serial}`;
    const machine = await this.editor.post<TenantMachine>('v1/machine/allocate', {
      name,
      hostname: name,
      projectid: lab.projects.a,
      partitionid: lab.partition,
      sizeid: lab.size,
      imageid: lab.machineImage,
      networks: [{ networkid: network }, { networkid: lab.internet }],
    });
    this.ledger.allocated(machine, name);
    this.ledger.count('allocated');
    this.mine.set(machine.id, name);
  }

  private async power(machine: string): Promise<void> {
    await this.editor.post(`v1/machine/${machine}/power/${this.random.chance(0.5) ? 'on' : 'reset'}`);
    this.ledger.commands += 1;
    this.ledger.count('commanded');
  }

  /** Whether or not it is answered, the machine may be free from now on. */
  private async free(machine: string): Promise<void> {
    const name = this.mine.get(machine)!;
    this.mine.delete(machine);
    this.ledger.owned.delete(machine);
    await this.editor.delete(`v1/machine/${machine}/free`);
    this.ledger.freed.add(name);
    this.ledger.count('freed');
  }

  /** Finds own machines whose allocation or release was not answered, so that they are freed some time. */
  private async adopt(): Promise<void> {
    for (const { id, allocation } of await this.editor.get<TenantMachine[]>('v1/machine'))
      if (allocation?.name.startsWith(`${this.name}-`) === true) this.mine.set(id, allocation.name);
  }

  /** Refusals and lost connections are expected; a response that blames the server itself is not. */
  private failed(error: unknown): void {
    if (!(error instanceof RestError)) return this.ledger.count('without an answer');
    this.ledger.count(`refused with ${error.status}`);
    if (error.status === 500) this.ledger.violations.push(error.message);
  }

  private get editor(): RestClient {
    return this.installation.replicas[this.random.between(0, 1)]!.process.rest('editor');
  }
}
