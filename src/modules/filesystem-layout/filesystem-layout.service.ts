import { Inject, Injectable } from '@nestjs/common';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { KeyedQueue } from '../../shared/async.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { checkId, created } from '../../shared/entity.js';
import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { parseImageId } from '../image/image.js';
import { HardwareInquiry } from '../size/size.js';
import { misfitOf, suits } from './filesystem-layout.js';
import type { FilesystemLayout } from './filesystem-layout.js';
import { filesystemLayoutTable } from './filesystem-layout.table.js';
import { finished } from './layout-draft.js';
import type { LayoutDraft, LayoutFields } from './layout-draft.js';
import { checkCollisions, checkLayout } from './layout-validation.js';

/** Layouts of disks; sizes and images choose the one that a machine gets. */
@Injectable()
export class FilesystemLayoutService extends Entities<FilesystemLayout> {
  /** Writers of this process go one by one, so that two colliding layouts do not slip past each other. */
  private readonly writers = new KeyedQueue();

  constructor(
    @InjectTable(filesystemLayoutTable) layouts: Table<FilesystemLayout>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly hardware: HardwareInquiry,
  ) {
    super('filesystem layout', layouts);
  }

  /** Throws `already-exists`, `invalid` for unknown kinds, `malformed` for a layout that cannot work or collides. */
  async create(id: string, draft: LayoutDraft): Promise<FilesystemLayout> {
    checkId('filesystem layout', id);
    if (this.find(id)) throw new DomainError('already-exists', `filesystem layout with id "${id}" already exists`);
    return this.writers.run('', () => {
      const fields = this.checked(id, draft);
      return this.table.insert(created<FilesystemLayout>({ id, ...fields }, this.now()));
    });
  }

  /** Replaces the whole layout: what the draft lacks is gone. Throws `not-found` and as `create`. */
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
   * The layout for a size with an image, whose id is taken literally; of several the first by id. Throws `invalid`
   * when there is none (reference/30 §6.4), `malformed` for what is no image id.
   */
  resolve(sizeId: string, imageId: string): FilesystemLayout {
    const image = parseImageId(imageId);
    const [layout] = this.list((candidate) => suits(candidate, sizeId, image));
    if (!layout) throw invalid(`no filesystem layout is meant for size "${sizeId}" with image "${imageId}"`);
    return layout;
  }

  /** As `resolve`, for a client that wants to know: what is no image id is refused with `invalid`, too. */
  tryOut(sizeId: string, imageId: string): FilesystemLayout {
    try {
      return this.resolve(sizeId, imageId);
    } catch (error) {
      throw invalid((error as Error).message);
    }
  }

  /** The layout, if it fits on the disks of the machine. Throws `not-found` for either, `invalid` when it does not. */
  match(id: string, machineId: string): FilesystemLayout {
    const layout = this.get(id);
    const misfit = misfitOf(layout, this.hardware.of(machineId).disks);
    if (misfit) throw invalid(`filesystem layout "${id}" does not fit machine "${machineId}": ${misfit}`);
    return layout;
  }

  private checked(id: string, draft: LayoutDraft): LayoutFields {
    const fields = finished(draft);
    checkLayout(fields);
    checkCollisions({ id, ...fields }, this.table.list());
    return fields;
  }

  private now(): string {
    return timestamp(this.clock.now());
  }
}
