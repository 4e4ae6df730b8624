import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { ImageModule } from '../image/image.module.js';
import { SizeModule } from '../size/size.module.js';
import { SizeImageConstraintController } from './size-image-constraint.controller.js';
import { SizeImageConstraintService } from './size-image-constraint.service.js';
import { sizeImageConstraintTable } from './size-image-constraint.table.js';

@Module({
  imports: [StoreModule.tables(sizeImageConstraintTable), ImageModule, SizeModule],
  controllers: [SizeImageConstraintController],
  providers: [SizeImageConstraintService],
  exports: [SizeImageConstraintService],
})
export class SizeImageConstraintModule {}
