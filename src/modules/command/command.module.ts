import { Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { BusMetrics } from './bus-metrics.js';
import { CommandArchive } from './archive.service.js';
import { BmcDirectory } from './command.js';
import { CommandController } from './command.controller.js';
import { CommandService } from './command.service.js';
import { commandLog, commandTable } from './command.table.js';
import { CommandDispatcher } from './dispatcher.service.js';

const ARCHIVE_MS = 60_000;
const PRUNE_MS = 3600_000;

@Module({
  imports: [StoreModule.tables(commandTable), StoreModule.logs(commandLog)],
  controllers: [CommandController],
  providers: [CommandService, CommandDispatcher, CommandArchive, BmcDirectory, BusMetrics],
  exports: [CommandService, BmcDirectory],
})
export class CommandModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly dispatcher: CommandDispatcher,
    private readonly archive: CommandArchive,
  ) {}

  /** After every feature had the chance to answer for the directory of BMCs. */
  async onApplicationBootstrap(): Promise<void> {
    await this.dispatcher.start();
    this.every(ARCHIVE_MS, () => this.archive.move());
    this.every(PRUNE_MS, () => this.archive.prune());
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.dispatcher.stop();
  }

  /** A database that is away is reported by the store; the next turn makes up for it. */
  private every(milliseconds: number, task: () => Promise<unknown>): void {
    this.timers.push(setInterval(() => void task().catch(() => undefined), milliseconds).unref());
  }
}
