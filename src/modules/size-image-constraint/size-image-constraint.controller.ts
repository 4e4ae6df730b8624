import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { EmptyBody } from '../../platform/http/wire/empty-body.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import {
  SizeImageConstraintCreateRequest,
  SizeImageConstraintResponse,
  SizeImageConstraintTryRequest,
  SizeImageConstraintUpdateRequest,
} from './size-image-constraint.dto.js';
import { toSizeImageConstraintResponse, toSizeImageConstraintSpec } from './size-image-constraint.mapper.js';
import { SizeImageConstraintService } from './size-image-constraint.service.js';

@V1Controller('size-image-constraint', 'sizeimageconstraint')
export class SizeImageConstraintController {
  constructor(private readonly constraints: SizeImageConstraintService) {}

  @Get()
  @Operation({
    id: 'listSizeImageConstraints',
    role: 'any',
    summary: 'list all size image constraints',
    result: [SizeImageConstraintResponse],
  })
  listSizeImageConstraints(): SizeImageConstraintResponse[] {
    return this.constraints.list().map(toSizeImageConstraintResponse);
  }

  @Get(':id')
  @Operation({
    id: 'findSizeImageConstraint',
    role: 'any',
    summary: 'get a size image constraint by the ID of its size',
    result: SizeImageConstraintResponse,
  })
  findSizeImageConstraint(@Param('id') id: string): SizeImageConstraintResponse {
    return toSizeImageConstraintResponse(this.constraints.get(id));
  }

  @Put()
  @Operation({
    id: 'createSizeImageConstraint',
    role: 'admin',
    summary: 'create a size image constraint',
    status: 201,
    body: SizeImageConstraintCreateRequest,
    result: SizeImageConstraintResponse,
    errors: [409],
  })
  async createSizeImageConstraint(
    @Body() body: SizeImageConstraintCreateRequest,
  ): Promise<SizeImageConstraintResponse> {
    return toSizeImageConstraintResponse(await this.constraints.create(body.id ?? '', toSizeImageConstraintSpec(body)));
  }

  @Post()
  @Operation({
    id: 'updateSizeImageConstraint',
    role: 'admin',
    summary: 'update a size image constraint',
    body: SizeImageConstraintUpdateRequest,
    result: SizeImageConstraintResponse,
    errors: [409],
  })
  async updateSizeImageConstraint(
    @Body() body: SizeImageConstraintUpdateRequest,
  ): Promise<SizeImageConstraintResponse> {
    return toSizeImageConstraintResponse(await this.constraints.update(body.id ?? '', toSizeImageConstraintSpec(body)));
  }

  @Post('try')
  @Operation({
    id: 'trySizeImageConstraint',
    role: 'admin',
    summary: 'check whether an image is allowed on a size',
    body: SizeImageConstraintTryRequest,
    result: EmptyBody,
    audit: 'exclude',
  })
  trySizeImageConstraint(@Body() body: SizeImageConstraintTryRequest): EmptyBody {
    this.constraints.tryOut(body.size ?? '', body.image ?? '');
    return new EmptyBody();
  }

  @Delete(':id')
  @Operation({
    id: 'deleteSizeImageConstraint',
    role: 'admin',
    summary: 'delete a size image constraint',
    result: SizeImageConstraintResponse,
  })
  async deleteSizeImageConstraint(@Param('id') id: string): Promise<SizeImageConstraintResponse> {
    return toSizeImageConstraintResponse(await this.constraints.delete(id));
  }
}
