import { Injectable } from '@nestjs/common';
import { createdEarlier, currentExecution, newCreatedId } from '../../../platform/idempotency/current-execution.js';
import { Store } from '../../../platform/store/store.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError, malformed } from '../../../shared/errors/domain-error.js';
import type { ProjectId, WaitEntryId } from '../../../shared/id.js';
import { NoMachineAvailable } from '../allocation/no-machine-available.js';
import type { BundleRequest } from '../bundle/bundle.js';
import { BundleService } from '../bundle/bundle.service.js';
import type { AllocatedBundle } from '../bundle/bundle-settlement.service.js';
import { MachineWants } from './machine-wants.service.js';
import { ServingService } from './serving.service.js';
import { hasEnded } from './wait-entry.js';
import type { WaitEntry, WaitState } from './wait-entry.js';
import { WaitingListRepository } from './waiting-list.repository.js';

/** Maximum number of open entries: with members of one project, and in all. */
const PER_PROJECT = 100;
const IN_TOTAL = 1_000;

/** Maximum length of a request that waits, and of all of them, in characters: tables are in memory. */
const REQUEST = 2 * 1024 * 1024;
const REQUESTS = 64 * 1024 * 1024;

/** All given fields must match. */
export interface WaitQuery {
  readonly project?: string | undefined;
  readonly state?: WaitState | undefined;
}

/** Allocates now or later: requests that no machine is available for wait in order (docs/adr/0029-waiting-list.md). */
@Injectable()
export class WaitingListService {
  constructor(
    private readonly entries: WaitingListRepository,
    private readonly bundles: BundleService,
    private readonly wants: MachineWants,
    private readonly serving: ServingService,
    private readonly store: Store,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /**
   * Allocates the bundle, or puts the request on the waiting list for `wait` milliseconds if nothing but free machines is
   * missing. Throws all other refusals, and `exhausted` if the list is full.
   */
  async allocateOrWait(request: BundleRequest, wait: number): Promise<AllocatedBundle | WaitEntry> {
    const earlier = await this.joinedEarlier();
    if (earlier) return earlier;
    try {
      return await this.bundles.allocate(request);
    } catch (error) {
      if (!(error instanceof NoMachineAvailable)) throw error;
      return this.join(request, wait, error.message);
    }
  }

  /** Throws `not-found`. */
  get(id: WaitEntryId): WaitEntry {
    return this.entries.get(id);
  }

  /** In their order; those that have ended are kept for a day. */
  find({ project, state }: WaitQuery): readonly WaitEntry[] {
    return this.entries
      .list()
      .filter(
        (entry) =>
          (project === undefined || entry.projects.includes(project)) && (state ?? entry.state) === entry.state,
      )
      .filter((entry) => entry.state !== 'joining');
  }

  /**
   * Cancels the entry. Idempotent; one that has ended by itself stays as it is. Throws `not-found`, and `conflict` if it
   * was served: its machines are allocated then.
   */
  async cancel(id: WaitEntryId): Promise<WaitEntry> {
    this.entries.get(id);
    const entry = await this.serving.cancel(id);
    if (!hasEnded(entry)) throw new DomainError('conflict', `entry "${id}" of the waiting list is being served, retry`);
    if (entry.state !== 'served') return entry;
    const allocated = [...entry.machines, ...entry.firewalls, ...entry.ips].join(', ');
    throw new DomainError(
      'conflict',
      `entry "${id}" of the waiting list was served, free what it got instead: ${allocated}`,
    );
  }

  /** Stores the entry behind all that were answered before, on any replica. */
  private async join(request: BundleRequest, wait: number, reason: string): Promise<WaitEntry> {
    const wants = this.wants.of(request);
    const text = JSON.stringify(request);
    const projects = projectsOf(request);
    await this.store.catchUp();
    this.checkRoom(text, projects);
    const execution = currentExecution();
    const now = this.clock.now();
    const entry = await this.entries.insert({
      ...{ id: newCreatedId(), state: execution ? 'joining' : 'waiting', number: this.entries.nextNumber() },
      ...{ creator: creatorOf(request), projects, wants, request: text, reason },
      ...{ since: timestamp(now), deadline: timestamp(now + wait) },
      ...{ machines: [], firewalls: [], ips: [] },
    });
    if (!execution) return entry;
    await execution.confirm();
    return this.entries.admit(entry.id);
  }

  /** The entry that an earlier execution of the current request has put on the list. */
  private async joinedEarlier(): Promise<WaitEntry | undefined> {
    const entry = createdEarlier((id) => this.entries.find(id));
    if (entry === undefined || entry.state !== 'joining') return entry;
    await this.entries.forget(entry); // its execution cannot put it on the list any longer
    return this.joinedEarlier();
  }

  private checkRoom(text: string, projects: readonly ProjectId[]): void {
    if (text.length > REQUEST)
      throw malformed(`a request that waits may have ${REQUEST} characters of JSON, this one has ${text.length}`);
    const open = this.entries.open();
    if (open.length >= IN_TOTAL) throw full(`${IN_TOTAL} requests in all`);
    const crowded = projects.find((project) => this.entries.openOf(project).length >= PER_PROJECT);
    if (crowded !== undefined) throw full(`${PER_PROJECT} requests of project "${crowded}"`);
    const length = open.reduce((sum, { request }) => sum + request.length, text.length);
    if (length > REQUESTS) throw full(`${REQUESTS} characters of requests`);
  }
}

const full = (what: string): DomainError =>
  new DomainError('exhausted', `nothing was allocated, and the waiting list is full: it holds ${what}`);

const creatorOf = ({ machines, firewalls }: BundleRequest): string => [...machines, ...firewalls][0]?.creator ?? '';

const projectsOf = ({ machines, firewalls, ips }: BundleRequest): readonly ProjectId[] => [
  ...new Set([...machines, ...firewalls, ...ips].map(({ projectId = '' }) => projectId)),
];
