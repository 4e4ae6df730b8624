import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../platform/jobs/jobs.js';
import { StoreModule } from '../../platform/store/store.module.js';
import { ImageController } from './image.controller.js';
import { ImageReferences } from './image.js';
import { ImageService } from './image.service.js';
import { imageTable } from './image.table.js';

const CLEANUP_MS = 3600_000;

@Module({
  imports: [StoreModule.tables(imageTable)],
  controllers: [ImageController],
  providers: [ImageService, ImageReferences],
  exports: [ImageService, ImageReferences],
})
export class ImageModule implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly images: ImageService,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every(CLEANUP_MS, 'delete-orphan-images', () => this.images.deleteOrphans());
  }
}
