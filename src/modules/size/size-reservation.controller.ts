import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { requireRoleForProject } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import {
  SizeReservationCreateRequest,
  SizeReservationListRequest,
  SizeReservationResponse,
  SizeReservationUpdateRequest,
  SizeReservationUsageResponse,
} from './size-reservation.dto.js';
import {
  reservationOutline,
  toReservationQuery,
  toReservationResponse,
  toReservationSpec,
  toUsageResponse,
} from './size-reservation.mapper.js';
import { SizeReservationService } from './size-reservation.service.js';

@V1Controller('size/reservations', 'size')
export class SizeReservationController {
  constructor(private readonly reservations: SizeReservationService) {}

  @Get()
  @Operation({
    id: 'listSizeReservations',
    role: 'any',
    outline: reservationOutline,
    summary: 'list all size reservations',
    result: [SizeReservationResponse],
  })
  listSizeReservations(): SizeReservationResponse[] {
    return this.reservations.list().map(toReservationResponse);
  }

  @Get(':id')
  @Operation({
    id: 'getSizeReservation',
    role: 'any',
    outline: reservationOutline,
    summary: 'get a size reservation by ID',
    result: SizeReservationResponse,
  })
  getSizeReservation(@Param('id') id: string): SizeReservationResponse {
    return toReservationResponse(this.reservations.get(id));
  }

  @Post('find')
  @Operation({
    id: 'findSizeReservations',
    role: 'any',
    outline: reservationOutline,
    summary: 'find size reservations by properties',
    body: SizeReservationListRequest,
    result: [SizeReservationResponse],
    audit: 'exclude',
  })
  findSizeReservations(@Body() body: SizeReservationListRequest, @CurrentUser() user: User): SizeReservationResponse[] {
    requireRoleForProject(user, body.projectid);
    return this.reservations.search(toReservationQuery(body)).map(toReservationResponse);
  }

  @Post('usage')
  @Operation({
    id: 'sizeReservationsUsage',
    role: 'any',
    outline: () => undefined,
    summary: 'get the usage of size reservations by partition',
    body: SizeReservationListRequest,
    result: [SizeReservationUsageResponse],
    audit: 'exclude',
  })
  sizeReservationsUsage(
    @Body() body: SizeReservationListRequest,
    @CurrentUser() user: User,
  ): SizeReservationUsageResponse[] {
    requireRoleForProject(user, body.projectid);
    return this.reservations.usage(toReservationQuery(body)).map(toUsageResponse);
  }

  @Put()
  @Operation({
    id: 'createSizeReservation',
    role: 'editor',
    summary: 'create a size reservation',
    status: 201,
    body: SizeReservationCreateRequest,
    result: SizeReservationResponse,
    errors: [409],
  })
  async createSizeReservation(@Body() body: SizeReservationCreateRequest): Promise<SizeReservationResponse> {
    const owner = { id: body.id ?? '', sizeId: body.sizeid ?? '', projectId: body.projectid ?? '' };
    return toReservationResponse(await this.reservations.create(owner, toReservationSpec(body)));
  }

  @Post()
  @Operation({
    id: 'updateSizeReservation',
    role: 'editor',
    summary: 'update a size reservation',
    body: SizeReservationUpdateRequest,
    result: SizeReservationResponse,
    errors: [409],
  })
  async updateSizeReservation(@Body() body: SizeReservationUpdateRequest): Promise<SizeReservationResponse> {
    return toReservationResponse(await this.reservations.update(body.id ?? '', toReservationSpec(body)));
  }

  @Delete(':id')
  @Operation({
    id: 'deleteSizeReservation',
    role: 'editor',
    summary: 'delete a size reservation',
    result: SizeReservationResponse,
  })
  async deleteSizeReservation(@Param('id') id: string): Promise<SizeReservationResponse> {
    return toReservationResponse(await this.reservations.delete(id));
  }
}
