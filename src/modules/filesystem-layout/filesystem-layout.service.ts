import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { KeyedQueue } from '../../shared/concurrency/keyed-queue.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { checkId, createEntity } from '../../shared/entity.js';
import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { parseImageId } from '../image/image.js';
import { HardwareLookup } from '../size/size.js';
import { layoutProblem, matchesSelection } from './filesystem-layout.js';
import type { FilesystemLayout } from './filesystem-layout.js';
import { filesystemLayoutTable } from './filesystem-layout.table.js';
import { parseLayoutDraft } from './layout-draft.js';
import type { LayoutDraft, LayoutFields } from './layout-draft.js';
import { checkCollisions, checkLayout } from './layout-validation.js';

/** Manages disk layouts; size and image select the layout of a machine. */
@Injectable()
export class FilesystemLayoutService extends EntityService<FilesystemLayout> {
  /** Serializes writes in this process. Otherwise two colliding layouts could both pass the check. */
  private readonly writers = new KeyedQueue();

  constructor(
    @InjectTable(filesystemLayoutTable) layouts: Table<FilesystemLayout>,
    @InjectClock() private readonly clock: Clock,
    private readonly hardware: HardwareLookup,
  ) {
    super('filesystem layout', layouts);
  }

  /** Throws `already-exists`, `invalid` for unknown kinds, `malformed` for a layout that cannot work or collides. */
  async create(id: string, draft: LayoutDraft): Promise<FilesystemLayout> {
    checkId('filesystem layout', id);
    if (this.find(id)) throw new DomainError('already-exists', `filesystem layout with id "${id}" already exists`);
    return this.writers.run('', () => {
      const fields = this.checked(id, draft);
      return this.table.insert(createEntity<FilesystemLayout>({ id, ...fields }, this.now()));
    });
  }

  /**
   * Replaces the whole layout; parts missing from the draft are removed. Throws `not-found` and the errors of `create`.
   */
  async update(id: string, draft: LayoutDraft): Promise<FilesystemLayout> {
    this.get(id);
    return this.writers.run('', () => {
      const fields = this.checked(id, draft);
      return this.table.update(id, (before) => ({ id, ...fields, created: before.created, changed: this.now() }));
    });
  }

  /** Throws `not-found`. Machines keep their copy. */
  async delete(id: string): Promise<FilesystemLayout> {
    const layout = this.get(id);
    await this.table.remove(id);
    return layout;
  }

  /**
   * The layout for a size and an image, whose ID is taken literally; if several match, the first by ID. Throws
   * `invalid` if there is none (docs/reference/filesystem-layouts.md#selection), `malformed` for an invalid image ID.
   */
  resolve(sizeId: string, imageId: string): FilesystemLayout {
    const image = parseImageId(imageId);
    const [layout] = this.list((candidate) => matchesSelection(candidate, sizeId, image));
    if (!layout) throw invalid(`no filesystem layout matches size "${sizeId}" with image "${imageId}"`);
    return layout;
  }

  /**
   * Like `resolve`, for a client that asks which layout would be selected: an invalid image ID throws `invalid`, too.
   */
  tryOut(sizeId: string, imageId: string): FilesystemLayout {
    try {
      return this.resolve(sizeId, imageId);
    } catch (error) {
      throw invalid((error as Error).message);
    }
  }

  /** The layout, if it fits the disks of the machine. Throws `not-found` for either, `invalid` if it does not fit. */
  match(id: string, machineId: string): FilesystemLayout {
    const layout = this.get(id);
    const misfit = layoutProblem(layout, this.hardware.of(machineId).disks);
    if (misfit) throw invalid(`filesystem layout "${id}" does not fit machine "${machineId}": ${misfit}`);
    return layout;
  }

  private checked(id: string, draft: LayoutDraft): LayoutFields {
    const fields = parseLayoutDraft(draft);
    checkLayout(fields);
    checkCollisions({ id, ...fields }, this.table.list());
    return fields;
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}
