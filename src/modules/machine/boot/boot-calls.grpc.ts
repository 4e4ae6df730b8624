import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { callerText } from '../../../platform/grpc/caller.js';
import { anyClient, GrpcHandlers, GrpcOperation } from '../../../platform/grpc/operation.js';
import type { UnaryCall } from '../../../platform/grpc/routes.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { PartitionService } from '../../partition/partition.service.js';
import { EventService } from '../event/event.service.js';
import { RegistrationService } from '../registration/registration.service.js';
import { BOOT_LIMITS } from './boot-limits.js';
import type { RegisterMessage } from './boot-messages.js';
import { registrationOfMessage } from './boot.mapper.js';
import { BOOT_SERVICE, LEGACY_PASSWORD_SERVICE, PASSWORD_RATE, REGISTRATION_RATE } from './boot-services.js';

/** The calls of a machine from its boot to its registration. */
@GrpcHandlers()
export class BootCalls {
  constructor(
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly log: AppLogger,
    private readonly partitions: PartitionService,
    private readonly events: EventService,
    private readonly registrations: RegistrationService,
  ) {}

  /**
   * Records the event. Failing to record the event of an unknown machine must not keep it from booting and
   * registering.
   */
  @GrpcOperation({ service: BOOT_SERVICE, method: 'Dhcp', access: anyClient, audit: 'include' })
  async dhcp({ uuid }: { uuid: string }): Promise<object> {
    try {
      await this.events.accept(uuid, 'PXE Booting', 'machine sent extended dhcp request');
    } catch (error) {
      if (!isDomainError(error, 'exhausted')) throw error;
    }
    return {};
  }

  /** Every machine gets the installer; its BMC decides whether it boots from the network at all. */
  @GrpcOperation({ service: BOOT_SERVICE, method: 'Boot', access: anyClient, audit: 'exclude' })
  async boot({ partitionId }: { partitionId: string }): Promise<object> {
    const { bootConfiguration: boot } = this.partitions.get(partitionId);
    return { kernel: boot.kernelUrl, initRamDisks: [boot.imageUrl], cmdline: boot.commandLine };
  }

  /** Without a password, or if it may not be exposed, installers are informed that the feature is disabled. */
  @GrpcOperation({
    service: BOOT_SERVICE,
    method: 'SuperUserPassword',
    access: anyClient,
    audit: 'include',
    rate: PASSWORD_RATE,
  })
  async superUserPassword(_: object, { caller }: UnaryCall): Promise<object> {
    const { grpc, bmc } = this.config;
    const superUserPassword = (grpc.superUserPassword && bmc.superUserPassword) || '';
    if (superUserPassword) this.log.warn(`${callerText(caller)} read the password of the BMCs' super user over gRPC`);
    return { featureDisabled: superUserPassword === '', superUserPassword };
  }

  @GrpcOperation({
    service: LEGACY_PASSWORD_SERVICE,
    method: 'FetchSuperUserPassword',
    access: anyClient,
    audit: 'include',
    rate: PASSWORD_RATE,
  })
  fetchSuperUserPassword(request: object, call: UnaryCall): Promise<object> {
    return this.superUserPassword(request, call);
  }

  @GrpcOperation({
    service: BOOT_SERVICE,
    method: 'Register',
    access: anyClient,
    audit: 'include',
    rate: REGISTRATION_RATE,
    limits: BOOT_LIMITS.register,
  })
  async register(message: RegisterMessage, { caller: { address, certificate } }: UnaryCall): Promise<object> {
    const registeredBy = { address, certificate };
    const { machine } = await this.registrations.register({ ...registrationOfMessage(message), registeredBy });
    const { id, sizeId, partitionId } = machine;
    return { uuid: id, size: sizeId ?? '', partitionId: partitionId ?? '' };
  }
}
