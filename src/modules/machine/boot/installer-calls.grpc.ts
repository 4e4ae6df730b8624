import { GrpcHandlers, GrpcOperation, GrpcStream } from '../../../platform/grpc/operation.js';
import type { Stream, UnaryCall } from '../../../platform/grpc/routes.js';
import { MachineIds } from '../core/machine-ids.js';
import { registeringCaller } from '../installation/caller-check.js';
import type { CallerCheck } from '../installation/caller-check.js';
import { InstallationService } from '../installation/installation.service.js';
import { BOOT_LIMITS } from './boot-limits.js';
import type { AbortReinstallMessage, ReportMessage } from './boot-messages.js';
import { bootInfoOfMessage, checkPassword } from './boot.mapper.js';
import { BOOT_SERVICE, LEGACY_WAIT_SERVICE } from './boot-services.js';
import { WaitService } from './wait.service.js';

type WaitStream = Stream<object, CallerCheck>;

/** The calls of an installer for its machine; only the caller that registered the machine may make them. */
@GrpcHandlers()
export class InstallerCalls {
  constructor(
    private readonly waits: WaitService,
    private readonly installations: InstallationService,
    private readonly ids: MachineIds,
  ) {}

  @GrpcStream({ service: BOOT_SERVICE, method: 'Wait', access: registeringCaller, audit: 'include' })
  wait({ machineId }: { machineId: string }, stream: WaitStream): Promise<void> {
    return this.waits.wait(this.ids.of(machineId), stream.signal, () => stream.send({}), stream.check);
  }

  @GrpcStream({ service: LEGACY_WAIT_SERVICE, method: 'Wait', access: registeringCaller, audit: 'include' })
  waitOfOlderInstaller({ machineID }: { machineID: string }, stream: WaitStream): Promise<void> {
    return this.wait({ machineId: machineID }, stream);
  }

  @GrpcOperation({
    service: BOOT_SERVICE,
    method: 'Report',
    access: registeringCaller,
    audit: 'include',
    limits: BOOT_LIMITS.report,
  })
  async report({ uuid, consolePassword, bootInfo }: ReportMessage, { check }: UnaryCall<CallerCheck>): Promise<object> {
    const password = checkPassword(uuid, consolePassword);
    const info = bootInfoOfMessage(uuid, bootInfo);
    await this.installations.report(this.ids.of(uuid), password, info, check);
    return {};
  }

  @GrpcOperation({ service: BOOT_SERVICE, method: 'AbortReinstall', access: registeringCaller, audit: 'include' })
  async abortReinstall(
    { uuid, primaryDiskWiped }: AbortReinstallMessage,
    { check }: UnaryCall<CallerCheck>,
  ): Promise<object> {
    return { bootInfo: await this.installations.abortReinstall(this.ids.of(uuid), primaryDiskWiped, check) };
  }
}
