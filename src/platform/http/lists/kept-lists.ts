import { Injectable } from '@nestjs/common';
import type { Dependency } from '../../store/dependency.js';
import { respondWithList } from '../wire/list-response.js';
import type { ListResponse } from '../wire/list-response.js';
import { KeptList } from './kept-list.js';
import type { Listed } from './kept-list.js';
import { KeptObjects } from './kept-objects.js';

/**
 * The responses of lists and of single objects, kept until something changes that the objects are made of: a caller who has a
 * list already costs nothing, its compressed bytes serve everybody, and a change costs the objects that it touches.
 */
@Injectable()
export class KeptLists {
  private readonly dependencies = new Map<string, readonly Dependency[]>();
  private readonly kept = new Map<string, Kept>();
  /** By kind, then by variant. */
  private readonly objects = new Map<string, Map<string, KeptObjects>>();

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

  /**
   * The response for the object that `get` returns, made by `answer` unless it is kept. `variant` as with `respond`. Throws
   * errors of either function.
   */
  respondWithObject<T extends { readonly id: string }, A extends object>(
    kind: string,
    variant: string,
    id: string,
    { get, answer }: { readonly get: (id: string) => T; readonly answer: (object: T) => A },
  ): A {
    const kept = this.objectsOf(kind, variant);
    const known = kept?.get(id);
    if (known !== undefined) return known as A;
    const object = get(id);
    const made = answer(object);
    // Callers may spell an id in many ways; each would be kept on its own.
    if (object.id === id) kept?.set(id, made);
    return made;
  }

  private objectsOf(kind: string, variant: string): KeptObjects | undefined {
    const known = this.objects.get(kind)?.get(variant);
    if (known) return known;
    const dependencies = this.dependencies.get(kind);
    if (dependencies === undefined) return undefined;
    const kept = new KeptObjects(dependencies);
    this.objects.set(kind, (this.objects.get(kind) ?? new Map<string, KeptObjects>()).set(variant, kept));
    return kept;
  }

  /** After a failure: the next reader begins anew. */
  private drop(key: string, kept: Kept): void {
    kept.close();
    if (this.kept.get(key) === kept) this.kept.delete(key);
  }
}

type Kept = Pick<KeptList<{ readonly id: string }>, 'current' | 'close'>;
