import { Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { StoreModule } from '../../platform/store/store.module.js';
import { BusMetrics } from './bus-metrics.js';
import { CommandArchive } from './archive.service.js';
import { BmcDirectory } from './command.js';
import { CommandSender } from './command-sender.js';
import { CommandController } from './command.controller.js';
import { CommandService } from './command.service.js';
import { commandLog, commandTable } from './command.table.js';
import { CommandDispatcher } from './dispatcher.service.js';

const ARCHIVE_MS = 60_000;
const PRUNE_MS = 3600_000;

@Module({
  imports: [StoreModule.tables(commandTable), StoreModule.logs(commandLog)],
  controllers: [CommandController],
  providers: [CommandService, CommandDispatcher, CommandSender, CommandArchive, BmcDirectory, BusMetrics],
  exports: [CommandService, BmcDirectory],
})
export class CommandModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly dispatcher: CommandDispatcher,
    private readonly archive: CommandArchive,
    private readonly scheduler: Scheduler,
  ) {}

  /** Starts after every feature has had the chance to provide the functions of `BmcDirectory`. */
  async onApplicationBootstrap(): Promise<void> {
    await this.dispatcher.start();
    this.scheduler.every(ARCHIVE_MS, 'command-archive', () => this.archive.archiveFinal());
    this.scheduler.every(PRUNE_MS, 'command-history', () => this.archive.prune());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.dispatcher.stop();
  }
}
