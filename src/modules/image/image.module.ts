import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { ImageController } from './image.controller.js';
import { ImageReferences } from './image.js';
import { ImageService } from './image.service.js';
import { imageTable } from './image.table.js';

@Module({
  imports: [StoreModule.tables(imageTable)],
  controllers: [ImageController],
  providers: [ImageService, ImageReferences],
  exports: [ImageService, ImageReferences],
})
export class ImageModule {}
