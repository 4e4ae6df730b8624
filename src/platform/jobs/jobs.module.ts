import { Global, Module } from '@nestjs/common';
import { StoreModule } from '../store/store.module.js';
import { Jobs } from './jobs.js';
import { turnTable } from './turn.table.js';

/** Hands every feature the periodic jobs. */
@Global()
@Module({ imports: [StoreModule.tables(turnTable)], providers: [Jobs], exports: [Jobs] })
export class JobsModule {}
