import { Inject, Injectable } from '@nestjs/common';
import { UrlProbe } from '../../platform/reachability/url-probe.js';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { containsAll } from '../../shared/contains-all.js';
import { byId, changed, checkId, created } from '../../shared/entity.js';
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

/** What a client says about an image; what it leaves out is kept, or takes its default. */
export interface ImageSpec extends Optional<Pick<Image, 'name' | 'description' | 'url' | 'expirationDate'>> {
  readonly features?: readonly string[];
  readonly classification?: string;
}

/** Every given field must match. */
export interface ImageQuery extends Optional<Pick<Image, 'id' | 'name' | 'os' | 'version'>> {
  readonly classification?: string;
  readonly features?: readonly string[];
}

/** Operating system images, in versions; a name without the whole version means the newest that fits. */
@Injectable()
export class ImageService extends Entities<Image, 'os'> {
  constructor(
    @InjectTable(imageTable) images: Table<Image, 'os'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly references: ImageReferences,
    private readonly urls: UrlProbe,
  ) {
    super('image', images);
  }

  /** Throws `malformed` for an id, url, feature or classification that is wrong, `already-exists`. */
  async create(id: string, spec: ImageSpec): Promise<Image> {
    checkId('image', id);
    if (!spec.url) throw malformed(`url of image "${id}" must not be empty`);
    const now = this.clock.now();
    const features = imageFeatures(spec.features ?? []);
    const fields = { ...identifyImage(id), classification: imageClassification(spec.classification || 'preview') };
    await this.urls.check('url', spec.url);
    const { name = '', description = '', url, expirationDate = defaultExpiration(now) } = spec;
    return this.table.insert(
      created<Image>({ ...fields, name, description, url, features, expirationDate }, timestamp(now)),
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
    return this.table.update(id, (image) => changed(image, fields, timestamp(this.clock.now())));
  }

  /** Throws `not-found`, and `invalid` while a machine is allocated with it. */
  async delete(id: string): Promise<Image> {
    const image = this.get(id);
    this.references.refuseIfAny('image', id);
    await this.table.remove(id);
    return image;
  }

  /** The image that a full or short id stands for. Throws `not-found`, also for an id that is no image id. */
  resolve(id: string): Image {
    const name = this.nameOf(id);
    // Others may have an equal version: it is the same in several spellings, and metadata does not count.
    const image =
      (isFull(name) && this.find(id)) || resolveImage(name, this.table.by('os', name.os), timestamp(this.clock.now()));
    if (!image) throw notFound('image', id);
    return image;
  }

  /** Every image that a full or short id covers, newest first. Throws `not-found` for an id that is no image id. */
  matching(id: string): Image[] {
    const name = this.nameOf(id);
    return matchingImages(name, this.table.by('os', name.os));
  }

  /** Ordered by id. */
  search({ features = [], ...exact }: ImageQuery): Image[] {
    const wanted = Object.entries(exact).filter(([, value]) => value !== undefined);
    const hasFeatures = containsAll<string>(features);
    return this.list(
      (image) => wanted.every(([field, value]) => image[field as keyof Image] === value) && hasFeatures(image.features),
    );
  }

  /** The ids of the machines that are allocated with exactly this image. */
  usedBy(id: string): readonly string[] {
    return this.references.idsOf('machines', id);
  }

  /** Deletes what has expired and nobody uses, keeping the newest image of each os; returns what went, by id. */
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
