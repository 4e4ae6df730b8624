import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { UrlProbe } from '../../platform/reachability/url-probe.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { containsAll } from '../../shared/contains-all.js';
import { byId, changeEntity, checkId, createEntity } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { DomainError, malformed, notFound } from '../../shared/errors/domain-error.js';
import {
  defaultExpiration,
  identifyImage,
  imageClassification,
  imageFeatures,
  ImageReferences,
  isFull,
  matchingImages,
  orphanImages,
  parseImageId,
  resolveImage,
} from './image.js';
import type { Image, ImageName } from './image.js';
import { imageTable } from './image.table.js';

/** Fields that a client may set. On update, omitted fields keep their value; on creation they get their default. */
export type ImageSpec = Optional<
  Pick<Image, 'name' | 'description' | 'url' | 'expirationDate'> & {
    readonly features: readonly string[];
    readonly classification: string;
  }
>;

/** All given fields must match. */
export type ImageQuery = Optional<
  Pick<Image, 'id' | 'name' | 'os' | 'version'> & {
    readonly classification: string;
    readonly features: readonly string[];
  }
>;

/** Manages operating system images in versions; a name with an incomplete version means the newest matching image. */
@Injectable()
export class ImageService extends EntityService<Image, 'os'> {
  constructor(
    @InjectTable(imageTable) images: Table<Image, 'os'>,
    @InjectClock() private readonly clock: Clock,
    private readonly references: ImageReferences,
    private readonly urls: UrlProbe,
  ) {
    super('image', images);
  }

  /** Throws `malformed` for an invalid ID, URL, feature or classification, `already-exists`. */
  async create(id: string, spec: ImageSpec): Promise<Image> {
    checkId('image', id);
    if (!spec.url) throw malformed(`url of image "${id}" must not be empty`);
    const now = this.clock.now();
    const features = imageFeatures(spec.features ?? []);
    const fields = { ...identifyImage(id), classification: imageClassification(spec.classification || 'preview') };
    await this.urls.check('url', spec.url);
    const { name = '', description = '', url, expirationDate = defaultExpiration(now) } = spec;
    return this.table.insert(
      createEntity<Image>({ ...fields, name, description, url, features, expirationDate }, timestamp(now)),
    );
  }

  /** An empty list of features keeps the stored one. Throws `not-found`, `malformed`. */
  async update(id: string, spec: ImageSpec): Promise<Image> {
    this.get(id);
    await this.urls.check('url', spec.url);
    const { name, description, expirationDate } = spec;
    const features = spec.features?.length ? imageFeatures(spec.features) : undefined;
    const classification = spec.classification ? imageClassification(spec.classification) : undefined;
    const fields = { name, description, expirationDate, features, classification, url: spec.url || undefined };
    return this.table.update(id, (image) => changeEntity(image, fields, timestamp(this.clock.now())));
  }

  /** Throws `not-found`, and `invalid` while a machine is allocated with it. */
  async delete(id: string): Promise<Image> {
    const image = this.get(id);
    this.references.assertUnreferenced('image', id);
    await this.table.remove(id);
    return image;
  }

  /** Resolves a full or short ID to an image. Throws `not-found`, also if the ID is not a valid image ID. */
  resolve(id: string): Image {
    const name = this.nameOf(id);
    // Prefer the exact ID: other images may have an equal version, in another spelling or with other metadata.
    const image =
      (isFull(name) && this.find(id)) || resolveImage(name, this.table.by('os', name.os), timestamp(this.clock.now()));
    if (!image) throw notFound('image', id);
    return image;
  }

  /**
   * Every image that matches a full or short ID, newest first. Throws `not-found` if the ID is not a valid image ID.
   */
  matching(id: string): Image[] {
    const name = this.nameOf(id);
    return matchingImages(name, this.table.by('os', name.os));
  }

  /** Ordered by ID. */
  search({ features = [], ...exact }: ImageQuery): Image[] {
    const wanted = Object.entries(exact).filter(([, value]) => value !== undefined);
    const hasFeatures = containsAll<string>(features);
    return this.list(
      (image) => wanted.every(([field, value]) => image[field as keyof Image] === value) && hasFeatures(image.features),
    );
  }

  /** The IDs of the machines that are allocated with exactly this image. */
  usedBy(id: string): readonly string[] {
    return this.references.idsOf('machines', id);
  }

  /**
   * Deletes expired, unused images, except for the newest one of each operating system. Returns the deleted images, by
   * ID.
   */
  async deleteOrphans(): Promise<Image[]> {
    const isUsed = (id: string): boolean => this.usedBy(id).length > 0;
    const orphans = orphanImages([...this.table.list()], isUsed, timestamp(this.clock.now()));
    const removed = await Promise.all(orphans.map(({ id }) => this.table.remove(id)));
    return removed.filter((image) => image !== undefined).sort(byId);
  }

  private nameOf(id: string): ImageName {
    try {
      return parseImageId(id);
    } catch (cause) {
      throw new DomainError('not-found', `no image with id "${id}" found`, undefined, { cause });
    }
  }
}
