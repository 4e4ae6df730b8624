import { entityResponse } from '../../platform/http/wire/entity.js';
import type { ImageFindRequest, ImageResponse, ImageUpdateRequest } from './image.dto.js';
import type { Image } from './image.js';
import type { ImageQuery, ImageSpec } from './image.service.js';

export const toImageSpec = (body: ImageUpdateRequest): ImageSpec => ({
  name: body.name,
  description: body.description,
  url: body.url,
  features: body.features,
  expirationDate: body.expirationDate,
  classification: body.classification,
});

export const toImageQuery = (body: ImageFindRequest): ImageQuery => ({
  id: body.id,
  name: body.name,
  os: body.os,
  version: body.version,
  classification: body.classification,
  features: body.features,
});

/** `usedby` is filled always: clients of 2021 cannot ask for it (reference/30 §11). */
export const toImageResponse = (image: Image, usedby: readonly string[]): ImageResponse => ({
  ...entityResponse(image),
  url: image.url,
  features: image.features,
  expirationDate: image.expirationDate,
  classification: image.classification,
  usedby,
});

/** What an image is called and how mature it is; where it lies, and which machines run it, is for members only. */
export const imageOutline = (image: ImageResponse): ImageResponse => ({ ...image, url: '', usedby: [] });
