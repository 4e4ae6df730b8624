import { Module } from '@nestjs/common';
import { StoreModule } from '../../../platform/store/store.module.js';
import { ImageModule } from '../../image/image.module.js';
import { IpModule } from '../../ip/ip.module.js';
import { NetworkModule } from '../../network/network.module.js';
import { PartitionModule } from '../../partition/partition.module.js';
import { ProjectModule } from '../../project/project.module.js';
import { SizeModule } from '../../size/size.module.js';
import { SwitchModule } from '../../switch/switch.module.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { MachineIds } from './machine-ids.js';
import { MachineLookupService } from './machine-lookup.service.js';
import { MachineReferencesService } from './machine-references.service.js';
import { MachineRepository } from './machine.repository.js';
import { PortVrfService } from './port-vrf.service.js';
import { WorkLease } from './work-lease.js';

const BMC_TABLE = StoreModule.tables(bmcTable);

/**
 * What all parts of the machine share: the repository, which alone writes the table of machines; BMC data; and the answers
 * to the questions of earlier features.
 */
@Module({
  imports: [
    ProjectModule,
    PartitionModule,
    SizeModule,
    ImageModule,
    NetworkModule,
    IpModule,
    SwitchModule,
    StoreModule.tables(machineTable),
    BMC_TABLE,
  ],
  providers: [WorkLease, MachineRepository, MachineIds, PortVrfService, MachineReferencesService, MachineLookupService],
  exports: [MachineRepository, MachineIds, PortVrfService, WorkLease, BMC_TABLE],
})
export class MachineCoreModule {}
