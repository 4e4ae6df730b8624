import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { SizeModule } from '../size/size.module.js';
import { FilesystemLayoutController } from './filesystem-layout.controller.js';
import { FilesystemLayoutService } from './filesystem-layout.service.js';
import { filesystemLayoutTable } from './filesystem-layout.table.js';

@Module({
  imports: [StoreModule.tables(filesystemLayoutTable), SizeModule],
  controllers: [FilesystemLayoutController],
  providers: [FilesystemLayoutService],
  exports: [FilesystemLayoutService],
})
export class FilesystemLayoutModule {}
