import { Injectable } from '@nestjs/common';
import type { Dependency } from '../../store/dependency.js';
import { respondWithList } from '../wire/list-response.js';
import type { ListResponse } from '../wire/list-response.js';
import { KeptList } from './kept-list.js';
import type { Listed } from './kept-list.js';

/**
 * The responses of lists, kept until something changes that their objects are made of: a caller who has the list already costs
 * nothing, its compressed bytes serve everybody, and a change costs the objects that it touches.
 */
@Injectable()
export class KeptLists {
  private readonly dependencies = new Map<string, readonly Dependency[]>();
  private readonly kept = new Map<string, Kept>();

  /** Declares all that objects of this kind are made of; without a declaration, lists are not kept. */
  declare(kind: string, dependencies: readonly Dependency[]): void {
    this.dependencies.set(kind, dependencies);
  }

  /**
   * Like `respondWithList`, for all objects of a kind. `variant` names everything else that the response depends on, such as
   * the secrets that it shows; its values must be few. `objects` of the first call serve all further ones.
   */
  respond<T extends { readonly id: string }, A extends object>(
    kind: string,
    variant: string,
    objects: Listed<T, A>,
  ): Promise<ListResponse<A>> {
    const dependencies = this.dependencies.get(kind);
    if (dependencies === undefined) return respondWithList(objects.all, objects.answer);
    const key = `${kind} ${variant}`;
    const kept = this.kept.get(key) ?? new KeptList(objects, dependencies);
    this.kept.set(key, kept);
    const list = kept.current();
    list.catch(() => this.drop(key, kept));
    return list;
  }

  /** After a failure: the next reader begins anew. */
  private drop(key: string, kept: Kept): void {
    kept.close();
    if (this.kept.get(key) === kept) this.kept.delete(key);
  }
}

type Kept = Pick<KeptList<{ readonly id: string }>, 'current' | 'close'>;
