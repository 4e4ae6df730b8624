import { BundleService } from '../../src/modules/machine/bundle/bundle.service.js';
import type { BundleRequest } from '../../src/modules/machine/bundle/bundle.js';
import { BundleSweeper } from '../../src/modules/machine/bundle/bundle-sweeper.service.js';
import { AllocationSweeper } from '../../src/modules/machine/allocation/allocation-sweeper.service.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { ReleaseService } from '../../src/modules/machine/release/release.service.js';
import { compareEntries, hasEnded, isOpen } from '../../src/modules/machine/waiting-list/wait-entry.js';
import type { WaitEntry } from '../../src/modules/machine/waiting-list/wait-entry.js';
import { waitEntryTable } from '../../src/modules/machine/waiting-list/wait-entry.table.js';
import { WaitingListService } from '../../src/modules/machine/waiting-list/waiting-list.service.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { ManualClock } from '../../src/shared/clock.js';
import { isDomainError } from '../../src/shared/errors/domain-error.js';
import { AllocationSite } from './allocation-site.js';
import { startTestApp } from './app.js';
import type { TestApp } from './app.js';
import { FragileEngine } from './fragile-engine.js';
import type { Crash } from './fragile-engine.js';
import { leaks } from './invariants.js';
import type { Tables } from './seed.js';
import { openTables } from './tables.js';
import { passOf } from './waiting.js';

const SHARED = { METAL_API_DB: 'rethinkdb', METAL_API_DATA_DIR: '/nonexistent', METAL_API_ALLOCATION_TIMEOUT: '10s' };

/** Replicas that read the same database, and can die at any write. */
interface Replica {
  server: TestApp;
  engine: FragileEngine;
}

/** What may happen; `pick` and `replica` count round the choices there are. */
export type Happening =
  | { readonly kind: 'join'; readonly replica: number; readonly count: number; readonly wait: number }
  | { readonly kind: 'newcomer'; readonly replica: number; readonly count: number }
  | { readonly kind: 'free' | 'cancel'; readonly replica: number; readonly pick: number }
  | { readonly kind: 'time'; readonly milliseconds: number }
  | { readonly kind: 'crash'; readonly replica: number; readonly crash: Crash };

/** Two replicas with a waiting list, and a witness that watches their database. */
export class WaitingWorld {
  /** What must not happen, as it happened. */
  readonly violations: string[] = [];
  private names = 0;
  /** Allocations by the name that a member of one request has. */
  private readonly allocations = new Map<string, Set<string>>();
  /** The names of the members of each entry. */
  private readonly members = new Map<string, readonly string[]>();

  private constructor(
    private readonly site: AllocationSite,
    private readonly replicas: readonly Replica[],
    private readonly database: MemoryEngine,
    private readonly clock: ManualClock,
    private readonly tables: Tables,
    private readonly closeTables: () => Promise<void>,
  ) {
    tables(waitEntryTable).watch((change) => {
      if (change.type !== 'put') return;
      const { id, state, request } = change.now;
      if (request !== '') this.members.set(id, namesIn(JSON.parse(request) as BundleRequest));
      if (state === 'served' && change.before?.state !== 'served') this.checkOrder(change.now);
    });
    tables(machineTable).watch((change) => {
      if (change.type !== 'put' || !change.now.allocation) return;
      const { name, uuid } = change.now.allocation;
      this.allocations.set(name, (this.allocations.get(name) ?? new Set()).add(uuid));
    });
  }

  static async start(machines: number): Promise<WaitingWorld> {
    const database = new MemoryEngine();
    const clock = new ManualClock(Date.now());
    const first = new FragileEngine(database);
    const site = await AllocationSite.start(machines, SHARED, { engine: first.engine, clock });
    const second = new FragileEngine(database);
    const server = await startTestApp(SHARED, { engine: second.engine, clock });
    const { tables, close } = await openTables(database);
    const replicas = [
      { server: site.server, engine: first },
      { server, engine: second },
    ];
    return new WaitingWorld(site, replicas, database, clock, tables, close);
  }

  /** Lets all of it happen at the same time, then revives the dead. */
  async happen(happenings: readonly Happening[]): Promise<void> {
    await Promise.all(happenings.map((one) => this.one(one).catch(unlessExpected)));
    for (const replica of this.replicas) {
      if (!replica.engine.dead) continue;
      await replica.server.close().catch(() => undefined);
      replica.engine = new FragileEngine(this.database);
      replica.server = await startTestApp(SHARED, { engine: replica.engine.engine, clock: this.clock });
    }
  }

  /** Frees machines until every entry has ended, and finishes what the dead have left; then checks all invariants. */
  async end(): Promise<void> {
    for (const { engine } of this.replicas) engine.disarm();
    for (let round = 0; this.entries.some(isOpen); round++) {
      if (round > 200) throw new Error(`entries do not end: ${JSON.stringify(this.entries.filter(isOpen))}`);
      this.clock.advance(11_000);
      await this.sweep();
      for (const { id } of this.allocated) await this.free(0, id);
      for (const { server } of this.replicas) await passOf(server);
    }
    this.clock.advance(60_000);
    for (let pass = 0; pass < 3; pass++) await this.sweep();
    for (const entry of this.entries) this.checkEnd(entry);
    for (const [name, { size }] of this.allocations)
      if (size > 1) this.violations.push(`${name} was allocated ${size} times`);
    this.violations.push(...leaks(this.tables));
  }

  /** How many entries have ended in each state. */
  get outcomes(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { state } of this.entries) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  async close(): Promise<void> {
    await this.closeTables();
    for (const { server } of this.replicas) await server.close();
  }

  private get entries(): readonly WaitEntry[] {
    return [...this.tables(waitEntryTable).list()].sort(compareEntries);
  }

  private get allocated() {
    return [...this.tables(machineTable).list()].filter(({ allocation }) => allocation !== undefined);
  }

  private service<T>(replica: number, type: new (...parts: never[]) => T): T {
    return this.replicas[replica % this.replicas.length]!.server.app.get(type, { strict: false });
  }

  private one(happening: Happening): Promise<unknown> {
    switch (happening.kind) {
      case 'join':
        return this.service(happening.replica, WaitingListService).allocateOrWait(
          this.request(happening.count),
          happening.wait,
        );
      case 'newcomer':
        return this.newcomer(happening.replica, happening.count);
      case 'free': {
        const machine = this.allocated[happening.pick % Math.max(this.allocated.length, 1)];
        return machine ? this.free(happening.replica, machine.id) : Promise.resolve();
      }
      case 'cancel': {
        const open = this.entries.filter(isOpen);
        const entry = open[happening.pick % Math.max(open.length, 1)];
        return entry ? this.service(happening.replica, WaitingListService).cancel(entry.id) : Promise.resolve();
      }
      case 'time':
        this.clock.advance(happening.milliseconds);
        return Promise.resolve();
      case 'crash':
        this.replicas[happening.replica % this.replicas.length]!.engine.arm(happening.crash);
        return Promise.resolve();
    }
  }

  private request(count: number): BundleRequest {
    const request = `r${this.names++}`;
    const machines = Array.from({ length: count }, (_, index) => this.site.request({ name: `${request}-${index}` }));
    return { machines, firewalls: [], ips: [] };
  }

  /** All open entries want machines of one size, so nobody else gets one while the same entry is the first of them. */
  private async newcomer(replica: number, count: number): Promise<void> {
    const first = (): WaitEntry | undefined => this.entries.find(isOpen);
    const before = first();
    await this.service(replica, BundleService).allocate(this.request(count));
    const after = first();
    if (before !== undefined && before.id === after?.id) this.violations.push(`a newcomer has overtaken ${before.id}`);
  }

  private async free(replica: number, id: string): Promise<void> {
    await this.service(replica, ReleaseService).free(id, 'tester');
    const isFree = ({ allocation, claim, release }: { allocation?: unknown; claim?: unknown; release?: unknown }) =>
      !allocation && !claim && !release;
    await this.tables(machineTable).update(id, (machine) =>
      isFree(machine) ? { ...machine, waiting: true } : machine,
    );
  }

  private async sweep(): Promise<void> {
    for (const replica of [0, 1]) {
      await this.service(replica, AllocationSweeper).sweep();
      await this.service(replica, BundleSweeper).sweep();
    }
  }

  private checkOrder(served: WaitEntry): void {
    const ahead = this.entries.find((entry) => isOpen(entry) && compareEntries(entry, served) < 0);
    if (ahead) this.violations.push(`entry ${served.number} was served before ${ahead.number}`);
  }

  /** What an entry says agrees with what was allocated for it. */
  private checkEnd(entry: WaitEntry): void {
    if (!hasEnded(entry) && entry.state !== 'joining') this.violations.push(`entry ${entry.id} is ${entry.state}`);
    const names = this.members.get(entry.id) ?? [];
    const allocated = names.filter((name) => this.allocations.has(name)).length;
    const expected = entry.state === 'served' ? names.length : 0;
    if (allocated !== expected || new Set(entry.machines).size !== expected)
      this.violations.push(`entry ${entry.id} is ${entry.state}, ${allocated} of ${names.length} were allocated`);
  }
}

const namesIn = ({ machines }: BundleRequest): readonly string[] => machines.map(({ name }) => name);

/** Refusals, and the ends of processes. */
function unlessExpected(error: unknown): void {
  if (isDomainError(error, 'invalid', 'conflict', 'not-found', 'unavailable', 'malformed')) return;
  if (error instanceof Error && error.message === 'this process is dead') return;
  throw error;
}
