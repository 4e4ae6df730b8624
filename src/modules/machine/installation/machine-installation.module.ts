import { Module } from '@nestjs/common';
import { CommandModule } from '../../command/command.module.js';
import { FilesystemLayoutModule } from '../../filesystem-layout/filesystem-layout.module.js';
import { ImageModule } from '../../image/image.module.js';
import { SizeImageConstraintModule } from '../../size-image-constraint/size-image-constraint.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { InstallableSystems } from './installable-systems.service.js';
import { InstallationController } from './installation.controller.js';
import { InstallationService } from './installation.service.js';

/** The final reports of installers. */
@Module({
  imports: [
    SizeImageConstraintModule,
    FilesystemLayoutModule,
    ImageModule,
    CommandModule,
    MachineCoreModule,
    MachineQueryModule,
  ],
  controllers: [InstallationController],
  providers: [InstallableSystems, InstallationService],
  exports: [InstallationService, InstallableSystems],
})
export class MachineInstallationModule {}
