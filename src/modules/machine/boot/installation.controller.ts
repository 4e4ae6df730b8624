import { Body, Header, Param, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { BootInfo } from '../machine-allocation.dto.js';
import { toBootInfoResponse } from '../machine-allocation.mapper.js';
import { MachineIds } from '../machine-ids.js';
import { MachineResponse } from '../machine.dto.js';
import { toMachineResponse } from '../machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { MachineAbortReinstallRequest, MachineFinalizeAllocationRequest } from './installation.dto.js';
import { toReportedBootInfo } from './installation.mapper.js';
import { InstallationService } from './installation.service.js';

/** The end of an installation over REST, as in 2021. The agents of that time set the boot order by themselves. */
@V1Controller('machine')
export class InstallationController {
  constructor(
    private readonly installations: InstallationService,
    private readonly views: MachineViewService,
  ) {}

  @Post(':id/finalize-allocation')
  @Operation({
    id: 'finalizeAllocation',
    role: 'editor',
    summary: 'report that an operating system is installed',
    body: MachineFinalizeAllocationRequest,
    result: MachineResponse,
    deprecated: true,
  })
  async finalizeAllocation(
    @Param('id', MachineIds) id: string,
    @Body() body: MachineFinalizeAllocationRequest,
  ): Promise<MachineResponse> {
    const machine = await this.installations.finish(id, body.console_password ?? '', toReportedBootInfo(body));
    return toMachineResponse(this.views.of(machine));
  }

  /** The answer is `null` when there is no old system to boot; clients of that time decode it into an empty object. */
  @Post(':id/abort-reinstall')
  @Header('content-type', 'application/json')
  @Operation({
    id: 'abortReinstallMachine',
    role: 'editor',
    summary: 'report that a reinstallation failed',
    body: MachineAbortReinstallRequest,
    result: BootInfo,
    deprecated: true,
  })
  async abortReinstallMachine(
    @Param('id', MachineIds) id: string,
    @Body() body: MachineAbortReinstallRequest,
  ): Promise<BootInfo | 'null'> {
    const bootInfo = await this.installations.restore(id, body.primary_disk_wiped ?? false);
    return bootInfo ? toBootInfoResponse(bootInfo) : 'null';
  }
}
