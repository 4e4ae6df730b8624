import { Body, Header, Param, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { BootInfoDto } from '../query/machine-allocation.dto.js';
import { toBootInfoResponse } from '../query/machine-allocation.mapper.js';
import { MachineIds } from '../core/machine-ids.js';
import { MachineResponse } from '../query/machine.dto.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { MachineAbortReinstallRequest, MachineFinalizeAllocationRequest } from './installation.dto.js';
import { toReportedBootInfo } from './installation.mapper.js';
import { InstallationService } from './installation.service.js';

/** The end of an installation over REST, for legacy agents. Those agents set the boot order themselves. */
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

  /** The response is `null` if there is no old system to boot; legacy clients decode it into an empty object. */
  @Post(':id/abort-reinstall')
  @Header('content-type', 'application/json')
  @Operation({
    id: 'abortReinstallMachine',
    role: 'editor',
    summary: 'report that a reinstallation failed',
    body: MachineAbortReinstallRequest,
    result: BootInfoDto,
    deprecated: true,
  })
  async abortReinstallMachine(
    @Param('id', MachineIds) id: string,
    @Body() body: MachineAbortReinstallRequest,
  ): Promise<BootInfoDto | 'null'> {
    const bootInfo = await this.installations.restore(id, body.primary_disk_wiped ?? false);
    return bootInfo ? toBootInfoResponse(bootInfo) : 'null';
  }
}
