import { Delete, Get, Param, Put, Query } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { UploadedFile } from '../../platform/http/upload.js';
import type { Upload } from '../../platform/http/upload.js';
import { EmptyBody } from '../../platform/http/wire/empty-body.js';
import { TextQuery } from '../../platform/http/wire/query.js';
import { FirmwaresResponse } from './firmware.dto.js';
import { toFirmwaresResponse } from './firmware.mapper.js';
import { FirmwareService } from './firmware.service.js';

const LIST_QUERY = {
  'machine-id': { type: 'string', doc: 'list the firmware that this machine runs, instead of the stored files' },
  kind: { type: 'string', doc: 'bios or bmc; empty means both' },
  vendor: { type: 'string' },
  board: { type: 'string' },
} as const;

@V1Controller('firmware')
export class FirmwareController {
  constructor(private readonly firmwares: FirmwareService) {}

  @Get()
  @Operation({
    id: 'listFirmwares',
    role: 'admin',
    summary: 'list stored firmware revisions, or those that a machine runs',
    query: LIST_QUERY,
    result: FirmwaresResponse,
  })
  async listFirmwares(
    @Query('machine-id', TextQuery) machineId: string | undefined,
    @Query('kind', TextQuery) kind: string | undefined,
    @Query('vendor', TextQuery) vendor: string | undefined,
    @Query('board', TextQuery) board: string | undefined,
  ): Promise<FirmwaresResponse> {
    const query = { kind, vendor, board };
    const { firmwares } = this;
    const found = machineId === undefined ? await firmwares.list(query) : firmwares.installed(machineId, query);
    return toFirmwaresResponse(firmwares.kinds(query), found);
  }

  @Put(':kind/:vendor/:board/:revision')
  @Operation({ id: 'uploadFirmware', role: 'admin', summary: 'store a firmware file', upload: 'file' })
  async uploadFirmware(
    @Param('kind') kind: string,
    @Param('vendor') vendor: string,
    @Param('board') board: string,
    @Param('revision') revision: string,
    @UploadedFile() upload: Upload,
  ): Promise<void> {
    await upload.receive(this.firmwares.uploader(kind, vendor, board, revision));
  }

  @Delete(':kind/:vendor/:board/:revision')
  @Operation({ id: 'removeFirmware', role: 'admin', summary: 'remove a firmware file', body: EmptyBody })
  async removeFirmware(
    @Param('kind') kind: string,
    @Param('vendor') vendor: string,
    @Param('board') board: string,
    @Param('revision') revision: string,
  ): Promise<void> {
    await this.firmwares.remove(kind, vendor, board, revision);
  }
}
