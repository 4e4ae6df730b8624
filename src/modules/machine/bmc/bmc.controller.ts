import { Body, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineIpmiReportResponse, MachineIpmiReports } from './bmc.dto.js';
import { toBmcReports } from './bmc.mapper.js';
import { BmcService } from './bmc.service.js';

@V1Controller('machine')
export class BmcController {
  constructor(private readonly bmcs: BmcService) {}

  @Post('ipmi')
  @Operation({
    id: 'ipmiReport',
    role: 'editor',
    summary: 'report inventory and power data of the BMCs of a partition',
    body: MachineIpmiReports,
    result: MachineIpmiReportResponse,
  })
  async report(@Body() body: MachineIpmiReports): Promise<MachineIpmiReportResponse> {
    return this.bmcs.report(body.partitionid ?? '', toBmcReports(body));
  }
}
