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

/**
 * `usedby` is always filled, because legacy clients cannot request it
 * (docs/reference/catalog-conventions.md#clients-of-january-2021).
 */
export const toImageResponse = (image: Image, usedby: readonly string[]): ImageResponse => ({
  ...entityResponse(image),
  url: image.url,
  features: image.features,
  expirationDate: image.expirationDate,
  classification: image.classification,
  usedby,
});

/** Name and maturity of an image; only members see where it is stored and which machines run it. */
export const imageOutline = (image: ImageResponse): ImageResponse => ({ ...image, url: '', usedby: [] });
