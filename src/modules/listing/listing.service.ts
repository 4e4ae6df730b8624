import { Injectable } from '@nestjs/common';
import { forbidden } from '../../platform/auth/forbidden.js';
import { hasRole } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { applyFieldMask, parseFieldMask } from '../../platform/http/wire/field-mask.js';
import type { FieldMask } from '../../platform/http/wire/field-mask.js';
import { jsonPiecesOf, KeptAnswer } from '../../platform/http/wire/json.js';
import { JsonPieces } from '../../platform/http/wire/json-pieces.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { LoopSlicer } from '../../shared/event-loop.js';
import type { Optional } from '../../shared/entity.js';
import { quoteText } from '../../shared/text.js';
import { DisclosureService } from '../machine/query/disclosure.js';
import { covers, selectionOf } from '../watch/watch.js';
import type { Selection } from '../watch/watch.js';
import { shownObject } from '../watch/watch-kind.js';
import type { WatchKind } from '../watch/watch-kind.js';
import { WatchKinds } from '../watch/watch-kinds.js';
import { cursorAfter, idOfCursor, limitOf } from './listing.js';
import { nextIds } from './next-ids.js';

/** Ids that are looked for at a time: with filters, most of them may be for nothing. */
const BATCH = 1000;
const FILTERED_BATCH = 10_000;

/** What a caller asks for, as texts of the query. */
export type ListingQuery = Optional<Record<'project' | 'partition' | 'fields' | 'cursor' | 'limit', string>>;

export interface Shown {
  readonly id: string;
  readonly json: JsonPieces;
}

export interface Page {
  /** One object per line. */
  readonly lines: JsonPieces;
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
}

/** The objects of one kind that a caller sees. */
export interface Listing {
  readonly kind: WatchKind;
  readonly selection: Selection;
  readonly mask: FieldMask | undefined;
  /** The id after which it begins. */
  readonly after: string | undefined;
  /** Objects of a page; undefined for all. */
  readonly limit: number | undefined;
}

/** Lists the objects of any kind that can be watched, in the order of their ids, as callers see them in a watch. */
@Injectable()
export class ListingService {
  constructor(
    private readonly kinds: WatchKinds,
    private readonly disclosures: DisclosureService,
  ) {}

  /** Throws `not-found` for an unknown kind, `forbidden` for one that the caller may not list, `malformed`. */
  open(name: string, query: ListingQuery, user: User): Listing {
    const { names } = this.kinds;
    if (!names.includes(name)) {
      throw new DomainError('not-found', `kind ${quoteText(name, 40)} is unknown, expected one of ${names.join(', ')}`);
    }
    const kind = this.kinds.get(name);
    if (!hasRole(user, kind.role)) throw forbidden(`kind "${name}" may be listed by role ${kind.role} only`);
    const { project, partition, fields, cursor, limit } = query;
    const secrets = this.disclosures.disclosureFor(user).allocation;
    const selection = selectionOf({ kinds: name, project, partition }, names, secrets);
    return {
      kind,
      selection,
      mask: fields === undefined ? undefined : parseFieldMask(fields, kind.shape),
      after: cursor === undefined ? undefined : idOfCursor(cursor, selection.key),
      limit: limit === undefined ? undefined : limitOf(limit),
    };
  }

  /** The objects as they are when they are read: each that is there all the time comes once. */
  async *objects({ kind, selection, mask, after }: Listing): AsyncGenerator<Shown> {
    const { project, partition, secrets } = selection;
    const batch = project === undefined && partition === undefined ? BATCH : FILTERED_BATCH;
    const slicer = new LoopSlicer();
    let ids = await nextIds(() => kind.ids(), after, batch);
    while (ids.length > 0) {
      for (const id of ids) {
        if (slicer.due) await slicer.pause();
        const sight = kind.look(id);
        if (!sight || !covers(selection, sight.scope)) continue;
        const object = shownObject(kind, sight, secrets);
        yield { id, json: jsonPiecesOf(mask ? applyFieldMask(plainOf(object), mask) : object) };
      }
      ids = await nextIds(() => kind.ids(), ids.at(-1), batch);
    }
  }

  /** The first `limit` objects. */
  async page(listing: Listing, limit: number): Promise<Page> {
    const found: Shown[] = [];
    for await (const shown of this.objects(listing)) {
      if (found.length === limit) return pageOf(found, cursorAfter(listing.selection.key, found.at(-1)!.id));
      found.push(shown);
    }
    return pageOf(found, undefined);
  }
}

const plainOf = (object: object): object => (object instanceof KeptAnswer ? (object.value as object) : object);

const pageOf = (found: readonly Shown[], next: string | undefined): Page => ({
  lines: JsonPieces.lines(found.map(({ json }) => json)),
  next,
});
