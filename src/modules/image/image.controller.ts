import { Body, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { hasRole } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { KeptLists } from '../../platform/http/lists/kept-lists.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import type { ListResponse } from '../../platform/http/wire/list-response.js';
import { BooleanQuery } from '../../platform/http/wire/query.js';
import { ImageCreateRequest, ImageFindRequest, ImageResponse, ImageUpdateRequest } from './image.dto.js';
import type { Image } from './image.js';
import { imageOutline, toImageQuery, toImageResponse, toImageSpec } from './image.mapper.js';
import { ImageService } from './image.service.js';

/** Accepted and validated, but usage is always shown. */
const ShowUsage = (): MethodDecorator => ApiQuery({ name: 'show-usage', type: Boolean, required: false });

@V1Controller('image')
export class ImageController {
  constructor(
    private readonly images: ImageService,
    private readonly lists: KeptLists,
  ) {}

  @Get()
  @ShowUsage()
  @Operation({
    id: 'listImages',
    role: 'any',
    outline: imageOutline,
    summary: 'list all images',
    result: [ImageResponse],
  })
  listImages(
    @CurrentUser() user: User,
    @Query('show-usage', BooleanQuery) _showUsage: boolean,
  ): Promise<ListResponse<ImageResponse>> | ImageResponse[] {
    // Outlines are derived from response objects, not from JSON.
    if (!hasRole(user, 'viewer')) return this.images.list().map((image) => this.answer(image));
    return this.lists.respond('image', '', {
      all: () => this.images.list(),
      find: (id) => this.images.find(id),
      answer: (image) => this.answer(image),
    });
  }

  @Get(':id')
  @Operation({
    id: 'findImage',
    role: 'any',
    outline: imageOutline,
    summary: 'get an image by ID',
    result: ImageResponse,
  })
  findImage(@Param('id') id: string): ImageResponse {
    return this.answer(this.images.get(id));
  }

  @Get(':id/query')
  @Operation({
    id: 'queryImages by id',
    role: 'any',
    outline: imageOutline,
    summary: 'list all images that match a full or short ID',
    result: [ImageResponse],
  })
  queryImages(@Param('id') id: string): ImageResponse[] {
    return this.images.matching(id).map((image) => this.answer(image));
  }

  @Get(':id/latest')
  @Operation({
    id: 'findLatestImage',
    role: 'any',
    outline: imageOutline,
    summary: 'get the newest image for a full or short ID',
    result: ImageResponse,
  })
  findLatestImage(@Param('id') id: string): ImageResponse {
    return this.answer(this.images.resolve(id));
  }

  @Post('find')
  @ShowUsage()
  @Operation({
    id: 'findImages',
    role: 'viewer',
    summary: 'find images by properties',
    body: ImageFindRequest,
    result: [ImageResponse],
    audit: 'exclude',
  })
  findImages(@Query('show-usage', BooleanQuery) _showUsage: boolean, @Body() body: ImageFindRequest): ImageResponse[] {
    return this.images.search(toImageQuery(body)).map((image) => this.answer(image));
  }

  @Put()
  @Operation({
    id: 'createImage',
    role: 'admin',
    summary: 'create an image',
    status: 201,
    body: ImageCreateRequest,
    result: ImageResponse,
    errors: [409],
  })
  async createImage(@Body() body: ImageCreateRequest): Promise<ImageResponse> {
    return this.answer(await this.images.create(body.id ?? '', toImageSpec(body)));
  }

  @Post()
  @Operation({
    id: 'updateImage',
    role: 'admin',
    summary: 'update an image',
    body: ImageUpdateRequest,
    result: ImageResponse,
    errors: [409],
  })
  async updateImage(@Body() body: ImageUpdateRequest): Promise<ImageResponse> {
    return this.answer(await this.images.update(body.id ?? '', toImageSpec(body)));
  }

  @Delete(':id')
  @Operation({ id: 'deleteImage', role: 'admin', summary: 'delete an image', result: ImageResponse })
  async deleteImage(@Param('id') id: string): Promise<ImageResponse> {
    return this.answer(await this.images.delete(id));
  }

  private answer(image: Image): ImageResponse {
    return toImageResponse(image, this.images.usedBy(image.id));
  }
}
