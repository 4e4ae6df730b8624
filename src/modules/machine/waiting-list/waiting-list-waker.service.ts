import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Store } from '../../../platform/store/store.js';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { sizeReservationTable } from '../../size/size-reservation.table.js';
import { MachinesAwaited } from '../allocation/machines-awaited.js';
import { isCandidate } from '../candidate-rules.js';
import { MachineRepository } from '../core/machine.repository.js';
import { eventTable } from '../event/event.table.js';
import { candidateKey } from '../machine.table.js';
import type { Machine } from '../machine.js';
import { isOpen } from './wait-entry.js';
import { WaitingListPass } from './waiting-list-pass.service.js';
import { WaitingListRepository } from './waiting-list.repository.js';

/** Time between two passes for what no event tells: expiry, attempts of processes that have ended. In milliseconds. */
const INTERVAL = 10_000;

/** Goes through the waiting list when machines become available, in every replica. */
@Injectable()
export class WaitingListWaker implements OnModuleInit, OnApplicationBootstrap {
  private isPending = false;

  constructor(
    private readonly entries: WaitingListRepository,
    private readonly passes: WaitingListPass,
    private readonly machines: MachineRepository,
    private readonly store: Store,
    private readonly scheduler: Scheduler,
    private readonly awaited: MachinesAwaited,
  ) {}

  onModuleInit(): void {
    this.awaited.provide((partitionId, sizeId, entry) => this.entries.awaited(partitionId, sizeId, entry));
  }

  onApplicationBootstrap(): void {
    this.watch();
    const periodic = async (): Promise<void> => {
      await this.passes.run();
      await this.passes.tidy();
    };
    this.scheduler.every(INTERVAL, 'waiting-list', periodic, { first: 0, jitter: 0.1 });
  }

  /** Asks for a pass. Those who ask before it begins share it. */
  private wake(): void {
    if (this.isPending) return;
    this.isPending = true;
    this.scheduler.once(0, 'waiting-list', () => {
      this.isPending = false;
      return this.passes.run();
    });
  }

  private watch(): void {
    this.machines.watch((change) => {
      if (change.type === 'reset') return this.wakeIfOpen();
      if (change.type === 'put' && isCandidate(change.now) && !(change.before && isCandidate(change.before)))
        this.wakeFor(change.now);
    });
    this.store.table(eventTable).watch((change) => {
      if (change.type === 'reset') return this.wakeIfOpen();
      if (change.type !== 'put' || change.now.liveliness !== 'Alive' || change.before?.liveliness === 'Alive') return;
      const machine = this.machines.get(change.id);
      if (machine && isCandidate(machine)) this.wakeFor(machine);
    });
    this.store.table(sizeReservationTable).watch(() => this.wakeIfOpen());
    this.entries.watch((change) => {
      // A new entry; or one that stood in the way of others.
      const before = change.type !== 'reset' && change.before !== undefined && isOpen(change.before);
      const now = change.type === 'put' && isOpen(change.now);
      if (before !== now || change.type === 'reset') this.wakeIfOpen();
    });
  }

  private wakeFor({ partitionId = '', sizeId = '' }: Machine): void {
    if (this.entries.queueOf(candidateKey(partitionId, sizeId)).length > 0) this.wake();
  }

  private wakeIfOpen(): void {
    if (this.entries.open().length > 0) this.wake();
  }
}
