import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { GrpcServer } from '../../../platform/grpc/grpc-server.js';
import { callerText } from '../../../platform/grpc/caller.js';
import type { Caller } from '../../../platform/grpc/caller.js';
import type { Rate, Stream } from '../../../platform/grpc/routes.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { PartitionService } from '../../partition/partition.service.js';
import { EventService } from '../event/event.service.js';
import { RegistrationService } from '../registration/registration.service.js';
import { BOOT_LIMITS } from './boot-limits.js';
import { MachineIds } from '../machine-ids.js';
import type { RegisterRequest, ReportRequest } from './boot-messages.js';
import { checkPassword, toRegistration, toReportedBootInfo } from './boot.mapper.js';
import { InstallationService } from './installation.service.js';
import { boxCheck } from './same-box.js';
import type { BoxCheck } from './same-box.js';
import { WaitService } from './wait.service.js';

interface AbortRequest {
  readonly uuid: string;
  readonly primaryDiskWiped: boolean;
}

/** The gRPC services for machines that boot and install: today's, and beside them those of 2021. */
@Injectable()
export class BootGrpc implements OnModuleInit {
  constructor(
    @InjectConfig() private readonly config: Config,
    private readonly server: GrpcServer,
    private readonly partitions: PartitionService,
    private readonly events: EventService,
    private readonly registrations: RegistrationService,
    private readonly waits: WaitService,
    private readonly installations: InstallationService,
    private readonly ids: MachineIds,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.server.add({
      file: 'api/v1/boot.proto',
      service: 'api.v1.BootService',
      checksTexts: true,
      limits: BOOT_LIMITS,
      rates: { Register: this.registrationRate, SuperUserPassword: this.passwordRate },
      recorded: {
        Dhcp: true,
        Register: true,
        Wait: true,
        Report: true,
        AbortReinstall: true,
        SuperUserPassword: true,
      },
      subject: ({ uuid, machineId }: { uuid?: string; machineId?: string }) => uuid ?? machineId ?? '',
      unary: {
        Dhcp: ({ uuid }: { uuid: string }) => this.dhcp(uuid),
        Boot: ({ partitionId }: { partitionId: string }) => this.boot(partitionId),
        SuperUserPassword: (_: object, caller: Caller) => this.superUserPassword(caller),
        Register: (request: RegisterRequest, caller: Caller) => this.register(request, caller),
        Report: (request: ReportRequest, caller: Caller) => this.report(request, caller),
        AbortReinstall: (request: AbortRequest, caller: Caller) => this.abortReinstall(request, caller),
      },
      streaming: {
        Wait: ({ machineId }: { machineId: string }, stream: Stream<object>) => this.wait(machineId, stream),
      },
    });
    this.addServicesOf2021();
  }

  private addServicesOf2021(): void {
    this.server.add({
      file: 'v1/wait.proto',
      service: 'v1.Wait',
      recorded: { Wait: true },
      subject: ({ machineID }: { machineID: string }) => machineID,
      streaming: {
        Wait: ({ machineID }: { machineID: string }, stream: Stream<object>) => this.wait(machineID, stream),
      },
    });
    this.server.add({
      file: 'v1/super-user-password.proto',
      service: 'v1.SuperUserPassword',
      rates: { FetchSuperUserPassword: this.passwordRate },
      recorded: { FetchSuperUserPassword: true },
      unary: { FetchSuperUserPassword: (_: object, caller: Caller) => this.superUserPassword(caller) },
    });
  }

  /** That the event of an unknown machine is not remembered must not keep it from booting, and from being known. */
  private async dhcp(machineId: string): Promise<object> {
    try {
      await this.events.accept(machineId, 'PXE Booting', 'machine sent extended dhcp request');
    } catch (error) {
      if (!isDomainError(error, 'exhausted')) throw error;
    }
    return {};
  }

  /** Every machine gets the installer; whether it boots from the network at all is decided by its BMC. */
  private async boot(partitionId: string): Promise<object> {
    const { bootConfiguration: boot } = this.partitions.get(partitionId);
    return { kernel: boot.kernelUrl, initRamDisks: [boot.imageUrl], cmdline: boot.commandLine };
  }

  /** Installers take the feature as disabled when there is no password, and when they may not have it. */
  private async superUserPassword(caller: Caller): Promise<object> {
    const { grpc, bmc } = this.config;
    const superUserPassword = (grpc.superUserPassword && bmc.superUserPassword) || '';
    if (superUserPassword) this.log.warn(`${callerText(caller)} read the password of the BMCs' super user over gRPC`);
    return { featureDisabled: superUserPassword === '', superUserPassword };
  }

  private get registrationRate(): Rate {
    return { what: 'registrations', perSecond: this.config.grpc.rates.registrations };
  }

  /** Each machine reads it once on its way to its registration. */
  private get passwordRate(): Rate {
    return { what: "reads of the super user's password", perSecond: this.config.grpc.rates.registrations };
  }

  private async register(request: RegisterRequest, { address, certificate }: Caller): Promise<object> {
    const registeredBy = { address, certificate };
    const { machine } = await this.registrations.register({ ...toRegistration(request), registeredBy });
    const { id, sizeId, partitionId } = machine;
    return { uuid: id, size: sizeId, partitionId };
  }

  private wait(machineId: string, stream: Stream<object>): Promise<void> {
    return this.waits.wait(this.ids.of(machineId), stream.signal, () => stream.send({}), this.sameBoxAs(stream.caller));
  }

  private async report({ uuid, consolePassword, bootInfo }: ReportRequest, caller: Caller): Promise<object> {
    const password = checkPassword(uuid, consolePassword);
    const info = toReportedBootInfo(uuid, bootInfo);
    await this.installations.report(this.ids.of(uuid), password, info, this.sameBoxAs(caller));
    return {};
  }

  private async abortReinstall({ uuid, primaryDiskWiped }: AbortRequest, caller: Caller): Promise<object> {
    const machineId = this.ids.of(uuid);
    const check = this.sameBoxAs(caller);
    return { bootInfo: await this.installations.abortReinstall(machineId, primaryDiskWiped, check) };
  }

  private sameBoxAs(caller: Caller): BoxCheck {
    return boxCheck(caller, this.config.sameBoxBy);
  }
}
