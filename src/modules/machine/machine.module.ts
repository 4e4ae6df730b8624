import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../platform/jobs/jobs.js';
import { StoreModule } from '../../platform/store/store.module.js';
import { CommandModule } from '../command/command.module.js';
import { FilesystemLayoutModule } from '../filesystem-layout/filesystem-layout.module.js';
import { ImageModule } from '../image/image.module.js';
import { IpModule } from '../ip/ip.module.js';
import { NetworkModule } from '../network/network.module.js';
import { PartitionModule } from '../partition/partition.module.js';
import { PoolModule } from '../pool/pool.module.js';
import { ProjectModule } from '../project/project.module.js';
import { SizeImageConstraintModule } from '../size-image-constraint/size-image-constraint.module.js';
import { SizeModule } from '../size/size.module.js';
import { SwitchModule } from '../switch/switch.module.js';
import { VpnModule } from '../vpn/vpn.module.js';
import { VpnService } from '../vpn/vpn.service.js';
import { AdministrationController } from './administration/administration.controller.js';
import { AdministrationService } from './administration/administration.service.js';
import { ReinstallService } from './administration/reinstall.service.js';
import { RemovalService } from './administration/removal.service.js';
import { AllocationController } from './allocation/allocation.controller.js';
import { AllocationService } from './allocation/allocation.service.js';
import { ClaimService } from './allocation/claim.service.js';
import { ExecutionService } from './allocation/execution.service.js';
import { placementLedgerTable, quotaLedgerTable } from './allocation/ledger.table.js';
import { SweepService } from './allocation/sweep.service.js';
import { BmcAccess } from './bmc/bmc-access.js';
import { BmcController } from './bmc/bmc.controller.js';
import { BmcService } from './bmc/bmc.service.js';
import { BootGrpc } from './boot/boot.grpc.js';
import { InstallationController } from './boot/installation.controller.js';
import { InstallationService } from './boot/installation.service.js';
import { WaitService } from './boot/wait.service.js';
import { EventController } from './event/event.controller.js';
import { EventGrpc } from './event/event.grpc.js';
import { EventService } from './event/event.service.js';
import { eventTable } from './event/event.table.js';
import { LivelinessService } from './event/liveliness.service.js';
import { IssueController } from './issues/issue.controller.js';
import { IssueService } from './issues/issue.service.js';
import { MachineAnswersService } from './machine-answers.service.js';
import { MachineIds } from './machine-ids.js';
import { MachineReferencesService } from './machine-references.service.js';
import { MachineController } from './machine.controller.js';
import { bmcTable, machineTable } from './machine.table.js';
import { PortVrfService } from './port-vrf.service.js';
import { PowerController } from './power/power.controller.js';
import { PowerService } from './power/power.service.js';
import { DisclosureService } from './query/disclosure.js';
import { MachineQueryService } from './query/machine-query.service.js';
import { MachineViewService } from './query/machine-view.service.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';
import { ReleaseController } from './release/release.controller.js';
import { ReleaseService } from './release/release.service.js';
import { ResurrectionService } from './release/resurrection.service.js';
import { VpnConnectedService } from './vpn/vpn-connected.service.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const FEATURES_BEFORE = [
  ProjectModule,
  PartitionModule,
  SizeModule,
  ImageModule,
  FilesystemLayoutModule,
  SizeImageConstraintModule,
  PoolModule,
  NetworkModule,
  IpModule,
  SwitchModule,
  CommandModule,
  VpnModule,
];

const READING = [MachineIds, MachineQueryService, MachineViewService, DisclosureService, IssueService];
const LIFECYCLE = [EventService, EventGrpc, RegistrationService, BootGrpc, WaitService];
const ALLOCATING = [AllocationService, ClaimService, ExecutionService, SweepService, ReleaseService];
const OPERATING = [AdministrationService, ReinstallService, RemovalService, PowerService, BmcService, BmcAccess];
const CONNECTING = [PortVrfService];
const TENDING = [LivelinessService, ResurrectionService, VpnConnectedService];
const ANSWERING = [MachineReferencesService, MachineAnswersService];

@Module({
  imports: [
    ...FEATURES_BEFORE,
    StoreModule.tables(machineTable, bmcTable, eventTable, placementLedgerTable, quotaLedgerTable),
  ],
  controllers: [
    MachineController,
    AllocationController,
    ReleaseController,
    AdministrationController,
    PowerController,
    BmcController,
    IssueController,
    RegistrationController,
    EventController,
    InstallationController,
  ],
  providers: [
    ...READING,
    ...LIFECYCLE,
    InstallationService,
    ...ALLOCATING,
    ...OPERATING,
    ...TENDING,
    ...ANSWERING,
    ...CONNECTING,
  ],
  exports: [...READING, ...CONNECTING, EventService, LivelinessService, AllocationService, ReleaseService],
})
export class MachineModule implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly vpn: VpnService,
    private readonly events: EventService,
    private readonly liveliness: LivelinessService,
    private readonly resurrection: ResurrectionService,
    private readonly connections: VpnConnectedService,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every(MINUTE_MS, 'machine-liveliness', () => this.liveliness.evaluate());
    this.jobs.every(MINUTE_MS, 'forget-unknown-machines', () => this.events.forgetUnknown());
    this.jobs.every(HOUR_MS, 'resurrect-machines', () => this.resurrection.resurrect());
    if (this.vpn.enabled) {
      this.jobs.every(MINUTE_MS, 'machines-vpn-connected', () => this.connections.evaluate());
    }
  }
}
